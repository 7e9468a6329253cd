"""Two pairs of hands: an act is proposed, approved by another administrator, cancelled by any, or carried out when due."""

import datetime as dt
import logging
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..acts import DELAY, kind_named
from ..errors import Refusal
from ..eventlog import record
from ..models import EventKind, PendingAct, School, StaffPosition
from ..rights import forget_rights, require
from ..roles import lock_roster
from .roster import ADMINISTRATOR_KINDS, Kind

logger = logging.getLogger(__name__)


@transaction.atomic
def propose_act(*, by: User, school: School, kind: str, payload: dict[str, Any], summary: str) -> PendingAct:
    """Note an act that waits for a second administrator, 24 hours at most. The caller has looked whether it can be done.

    `payload` is plain JSON, what the kind's `carry_out` takes; `summary` tells people what will be done. Raises `Refusal`
    when the same is waiting already.
    """
    require(by, kind_named(kind).right, school)
    lock_roster(school.pk)
    if PendingAct.objects.waiting().filter(school=school, kind=kind, payload=payload).exists():
        raise Refusal(_("This waits for a second administrator already."), code="already_proposed")
    now = timezone.now()
    act = PendingAct.objects.create(
        school=school,
        kind=kind,
        payload=payload,
        summary=summary[:300],
        proposed_by=by,
        proposed_at=now,
        due_at=now + DELAY,
    )
    _log(EventKind.ACT_PROPOSED, act, by, due_at=act.due_at)
    return act


@transaction.atomic
def approve_act(*, by: User, act: PendingAct) -> PendingAct:
    """Another administrator than the proposer, or the director, says yes: the act is carried out now, as the proposer's.

    The rights of both are asked anew. Raises `Refusal` for one's own act, for one that does not wait any more, and where the
    act cannot be done: it stays, to be cancelled or tried again.
    """
    require(by, "approve_acts", act.school)
    act = _locked(act)
    lock_roster(act.school_id)
    forget_rights(by)
    require(by, "approve_acts", act.school)
    if act.proposed_by_id == by.pk:
        raise Refusal(_("You proposed this yourself: another administrator approves it."), code="own_act")
    _require_second_pair(by, act.school)
    try:
        _carry_out(act)
    except PermissionDenied as denied:
        raise Refusal(_("Who proposed this may not do it any more."), code="proposer_denied") from denied
    act.approved_by, act.approved_at = by, act.carried_out_at
    act.save(update_fields=["approved_by", "approved_at", "carried_out_at"])
    _log(EventKind.ACT_APPROVED, act, by, proposed_by=str(act.proposed_by))
    return act


@transaction.atomic
def cancel_act(*, by: User, act: PendingAct) -> PendingAct:
    """Any administrator, and whoever proposed it, takes an act that waits off the table."""
    if act.proposed_by_id != by.pk:
        require(by, "approve_acts", act.school)
    act = _locked(act)
    act.cancelled_by, act.cancelled_at = by, timezone.now()
    act.save(update_fields=["cancelled_by", "cancelled_at"])
    _log(EventKind.ACT_CANCELLED, act, by, proposed_by=str(act.proposed_by))
    return act


def carry_out_due(*, now: dt.datetime, batch: int = 100) -> int:
    """Do what has waited for its day, one transaction each; the schedule calls it. Returns how many were done.

    What cannot be done any more, or by a proposer who may not any more, is marked as failed with the reason. Safe to run
    twice and at once: an act is taken under its lock, and an error of the program leaves it for the next run.
    """
    due = PendingAct.objects.due(now).order_by("due_at", "pk").values_list("pk", flat=True)
    done = 0
    for pk in list(due[:batch]):
        try:
            done += _take(pk, now)
        except Exception:
            logger.exception("act %s could not be carried out", pk)
    return done


@transaction.atomic
def _take(pk: int, now: dt.datetime) -> bool:
    waiting = PendingAct.objects.due(now).filter(pk=pk).select_related("school", "proposed_by")
    act = waiting.select_for_update(of=("self",), skip_locked=True).first()
    if act is None:  # another run has it
        return False
    try:
        with transaction.atomic():
            _carry_out(act)
    except (Refusal, ValidationError, PermissionDenied) as error:
        act.failed_at, act.failure = timezone.now(), _reason(error)[:300]
        act.save(update_fields=["failed_at", "failure"])
        _log(EventKind.ACT_FAILED, act, None, reason=act.failure)
        return False
    act.save(update_fields=["carried_out_at"])
    _log(EventKind.ACT_CARRIED_OUT, act, None, proposed_by=str(act.proposed_by))
    return True


def second_pairs(school: School) -> QuerySet[StaffPosition]:
    """The posts that make a second pair of hands: an administrator's, and a director's who is settled in it.

    An administrator who could put somebody into the director's place would otherwise approve his own acts a minute later.
    """
    posts: QuerySet[StaffPosition] = StaffPosition.objects.active()
    return posts.filter(Q(kind__in=ADMINISTRATOR_KINDS) | _is_settled(), school=school)


def counts_as_second(by: User, school: School) -> bool:
    """Is the user a second pair of hands: an administrator, or a director whose post and login are older than the delay?"""
    return second_pairs(school).filter(person__user=by).exists()


def is_settled_director(by: User, school: School) -> bool:
    """Was the user made director, and did he join, more than the delay ago?"""
    return StaffPosition.objects.active().filter(_is_settled(), school=school, person__user=by).exists()


def _is_settled() -> Q:
    """A post knows its day only, so two midnights."""
    before = timezone.now() - DELAY
    return Q(kind=Kind.DIRECTOR, starts_on__lt=timezone.localdate(before), person__joined_at__lte=before)


def _require_second_pair(by: User, school: School) -> None:
    if not counts_as_second(by, school):
        raise Refusal(
            _("A director counts from the second day after he was made director and joined."), code="new_director"
        )


def _locked(act: PendingAct) -> PendingAct:
    act = PendingAct.objects.select_for_update(of=("self",)).select_related("school", "proposed_by").get(pk=act.pk)
    if not act.is_waiting:
        raise Refusal(_("This does not wait any more."), code="not_waiting")
    return act


def _carry_out(act: PendingAct) -> None:
    """As the proposer, with the rights that he has now."""
    kind_named(act.kind).carry_out(User.objects.get(pk=act.proposed_by_id), act.school, act.payload)
    act.carried_out_at = timezone.now()


def _reason(error: Exception) -> str:
    if isinstance(error, PermissionDenied):
        return gettext("Who proposed this may not do it any more.")
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def _log(kind: EventKind, act: PendingAct, by: User | None, **new: Any) -> None:
    record(kind, by=by, school=act.school, subject=act, new=new)
