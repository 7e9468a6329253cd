"""Join requests are approved and rejected, one and many, with the reason (2.1; the homeroom teacher for his class)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.errors import Refusal
from school.eventlog import record
from school.models import EventKind, Person
from school.rights import require
from sferum_portal import feed

from ..matching import child_of, guardian_meant, person_meant, pupils_of
from ..models import InviteRole, JoinRequest
from ..ranks import require_rank
from . import joining
from .chat_links import enter_chat_if_allowed
from .requesting import free_place

Status = JoinRequest.Status


@dataclass
class Decision:
    """The requests that were approved, and those that were left with the reason why."""

    approved: list[JoinRequest] = field(default_factory=list)
    left: list[tuple[JoinRequest, Refusal]] = field(default_factory=list)


@transaction.atomic
def approve_request(
    *, by: User, request: JoinRequest, child: Person | None = None, person: Person | None = None, as_new: bool = False
) -> Person:
    """Let the applicant in.

    `child`: whose parent he is, chosen by the homeroom teacher where the name did not match. `person`: which record of
    the lists he is; without it the one that matches is taken, or with `as_new` none. Raises `Refusal`.
    """
    locked = _to_decide(by, request)
    joined = _admit(by, locked, child, person, as_new)
    enter_chat_if_allowed(locked.invite, joined)
    _close(locked, Status.APPROVED, by)
    new = {"role": locked.role, "class": str(locked.school_class or ""), "user": str(locked.user)}
    record(EventKind.JOIN_APPROVED, by=by, school=locked.school, subject=locked, person=joined, new=new)
    return joined


def approve_requests(*, by: User, requests: Iterable[JoinRequest]) -> Decision:
    """Approve those that need no choice; the others wait on, with the reason. A missing right stops the whole."""
    decision = Decision()
    with transaction.atomic():
        for request in requests:
            try:
                approve_request(by=by, request=request)
                decision.approved.append(request)
            except Refusal as refusal:
                decision.left.append((request, refusal))
    return decision


@transaction.atomic
def reject_requests(*, by: User, requests: Iterable[JoinRequest], reason: str) -> int:
    """Refuse, with a reason that the applicants read. Those decided already are passed over."""
    why = " ".join(reason.split())[:300]
    if not why:
        raise Refusal(_("Say why: the applicant will read it."), code="reason_needed", field="reason")
    ids = [request.pk for request in requests]
    locked = JoinRequest.objects.waiting().filter(pk__in=ids).select_for_update(of=("self",)).order_by("pk")
    chosen = list(locked.with_names())
    for request in chosen:
        _require_to_decide(by, request)
        request.reason = why
        _close(request, Status.REJECTED, by)
        free_place(request)
        record(EventKind.JOIN_REJECTED, by=by, school=request.school, subject=request, new={"reason": why})
    return len(chosen)


def _to_decide(by: User, request: JoinRequest) -> JoinRequest:
    locked = JoinRequest.objects.select_for_update(of=("self",)).with_names().get(pk=request.pk)
    _require_to_decide(by, locked)
    if not locked.is_waiting:
        raise Refusal(_("This request has been decided already."), code="already_decided")
    return locked


def _require_to_decide(by: User, request: JoinRequest) -> None:
    require(by, "decide_requests", request.school_class or request.school)
    if request.user_id == by.pk:
        raise Refusal(_("Nobody approves his own request."), code="own_request")
    require_rank(by, request.school, request.role)


def _admit(by: User, request: JoinRequest, child: Person | None, person: Person | None, as_new: bool) -> Person:
    who: dict[str, Any] = {"by": by, "user": request.user}
    if request.invite.is_personal and request.person:
        return joining.join_as_known(**who, person=request.person)
    if request.role == InviteRole.PARENT:
        ward = _child(request, child)
        meant = None if as_new else person or guardian_meant(ward, request.user, request)
        _require_free(meant, meant is None or ward.guardians.active().filter(guardian=meant).exists())
        return joining.join_as_parent(**who, child=ward, applicant=request, kind=request.kind, person=meant)
    meant = None if as_new else person or person_meant(request)
    if request.school_class:
        _require_free(meant, meant is None or meant in pupils_of(request.school_class))
        return joining.join_as_pupil(**who, school_class=request.school_class, applicant=request, person=meant)
    _require_free(meant, meant is None or _is_staff_below(by, request, meant))
    return joining.join_as_staff(**who, school=request.school, role=request.role, applicant=request, person=meant)


def _require_free(meant: Person | None, belongs_here: bool) -> None:
    """The record that the applicant gets is one that the decider could have meant, and nobody's yet."""
    if meant and (meant.user_id or meant.removed_at or not belongs_here):
        raise Refusal(_("Choose a person of these lists who has not joined."), code="bad_person", field="person")


def _is_staff_below(by: User, request: JoinRequest, meant: Person) -> bool:
    """The record brings its positions with it: none of them may be above the decider's own role."""
    kinds = list(meant.positions.active().values_list("kind", flat=True))
    for kind in kinds:
        require_rank(by, request.school, kind)
    return meant.school_id == request.school_id and bool(kinds)


def _child(request: JoinRequest, chosen: Person | None) -> Person:
    child = chosen or child_of(request)
    if child is None:
        raise Refusal(_("Choose whose parent this is."), code="choose_child", field="child")
    if not child.enrolments.active().filter(school_class=request.school_class).exists():
        raise Refusal(_("Choose a pupil of the class."), code="not_in_class", field="child")
    return child


def _close(request: JoinRequest, status: JoinRequest.Status, by: User) -> None:
    request.status, request.decided_by, request.decided_at = status, by, timezone.now()
    request.save(update_fields=["status", "reason", "decided_by", "decided_at"])
    payload = {"type": "request_decided", "request": request.pk, "status": status.value}
    transaction.on_commit(lambda: feed.publish(f"user:{request.user_id}", payload))
