"""The slips of a whole school: ordered as a row, made by a worker, kept for a day (2.1).

The row is the work: a task that is lost is sent again by the sweep, a worker that is killed leaves a row that stands
still and is taken up by the next. Doing it twice makes no second invite, because the good ones are kept.
"""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.errors import Refusal
from school.models import Enrolment, Guardianship, School, SchoolClass
from school.rights import RightDenied, require

from .. import paper
from ..models import CLASS_ROLES, Invite, InviteRole, SlipPrint
from ..models.prints import folder
from ..ranks import RIGHT_OF_ROLE
from ..slip_words import common_words, slips_of
from .issuing import role_named
from .printing import log_print
from .slips import create_personal_invites

KEPT = dt.timedelta(days=1)
STILL = dt.timedelta(minutes=2)  # longer than any step: nobody works on it any more
MOST_ATTEMPTS = 3
_TOLD_EVERY = dt.timedelta(seconds=0.5)
State = SlipPrint.State


@transaction.atomic
def order_slips(*, by: User, school: School, role: str = "", reissue: bool = False) -> SlipPrint:
    """Order the slips of all classes, for pupils, for parents, or without `role` for both. A second click finds the first.

    Raises `RightDenied`, or `Refusal` when all have joined.
    """
    roles = _roles(role)
    for one in roles:
        require(by, RIGHT_OF_ROLE[one], school)
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    open_one = SlipPrint.objects.open().filter(school=school, role=role, ordered_by=by).first()
    if open_one:
        return open_one
    total = sum(_count_absent(school, one) for one in roles)
    if not total:
        raise Refusal(_("All have joined: there is nobody to print a slip for."), code="nobody_to_invite")
    order = SlipPrint.objects.create(school=school, role=role, reissue=reissue, ordered_by=by, total=total)
    log_print(by, school, school, {"slips": total, "role": role, "reissue": reissue})
    transaction.on_commit(_send, robust=True)  # a broker that is down costs a minute, not the order
    return order


def _send() -> None:
    from ..tasks import print_ordered

    print_ordered.delay()


def take_next(now: dt.datetime | None = None) -> SlipPrint | None:
    """The oldest order that nobody works on, marked as one's own; None when there is none."""
    now = now or timezone.now()
    free = SlipPrint.objects.open().filter(Q(state=State.WAITING) | Q(touched_at__lt=now - STILL))
    for order in free.order_by("created_at", "pk"):
        taken = SlipPrint.objects.filter(pk=order.pk, state=order.state, touched_at=order.touched_at)
        if order.attempts >= MOST_ATTEMPTS:
            taken.update(state=State.FAILED, finished_at=now)
        elif taken.update(state=State.WORKING, touched_at=now, attempts=order.attempts + 1):
            order.refresh_from_db()
            return order
    return None


def carry_out(order: SlipPrint) -> None:
    """Make the invites, draw the slips, write the file. What cannot be done is said in `reason`."""
    try:
        invites = _issue(order)
        pdf = paper.draw(slips_of(invites), common_words(order.school.short_name), _teller(order))
        _write(order.path, pdf)
    except (Refusal, RightDenied) as refusal:
        _finish(order, State.FAILED, reason=str(refusal)[:300])
    else:
        _finish(order, State.READY)


def delete_old(now: dt.datetime | None = None) -> int:
    """The files hold what opens the school: after a day they are gone, and their rows. Returns how many."""
    limit = (now or timezone.now()) - KEPT
    old = list(SlipPrint.objects.filter(created_at__lt=limit))
    for order in old:  # the file first, so that no row is lost whose file is left
        order.path.unlink(missing_ok=True)
        order.delete()
    for left in folder().glob("*"):  # half a file of a worker that was killed
        if left.stat().st_mtime < limit.timestamp():
            left.unlink(missing_ok=True)
    return len(old)


def _count_absent(school: School, role: InviteRole) -> int:
    """How many slips there will be: a parent has one in each class of his children."""
    classes = SchoolClass.objects.taught().filter(school=school)
    if role == InviteRole.PUPIL:
        return Enrolment.objects.active().filter(school_class__in=classes, person__user__isnull=True).count()
    ties = Guardianship.objects.active().filter(
        guardian__user__isnull=True,
        pupil__enrolments__ends_on__isnull=True,
        pupil__enrolments__school_class__in=classes,
    )
    return ties.values("guardian", "pupil__enrolments__school_class").distinct().count()


def _roles(role: str) -> list[InviteRole]:
    if role and role_named(role) not in CLASS_ROLES:
        raise Refusal(_("A class has pupils and parents only."), code="wrong_role", field="role")
    return [InviteRole(role)] if role else [InviteRole.PARENT, InviteRole.PUPIL]


@transaction.atomic
def _issue(order: SlipPrint) -> list[Invite]:
    """Class by class. The old ones are annulled once, also when the work is begun anew."""
    reissue = order.reissue and order.issued_at is None
    invites: list[Invite] = []
    for school_class in SchoolClass.objects.taught().filter(school=order.school).select_related("school"):
        for role in _roles(order.role):
            invites += create_personal_invites(
                by=order.ordered_by, school_class=school_class, role=role, reissue=reissue
            )
    order.issued_at, order.total, order.done = order.issued_at or timezone.now(), len(invites), 0
    order.save(update_fields=["issued_at", "total", "done"])
    if not invites:
        raise Refusal(_("All have joined: there is nobody to print a slip for."), code="nobody_to_invite")
    return invites


def _teller(order: SlipPrint) -> Callable[[int], None]:
    """Says in the row how many are done, twice a second."""
    told_at = timezone.now()

    def tell(done: int) -> None:
        nonlocal told_at
        now = timezone.now()
        if now - told_at >= _TOLD_EVERY:
            told_at = now
            SlipPrint.objects.filter(pk=order.pk).update(done=done, touched_at=now)

    return tell


def _write(path: Path, pdf: bytes) -> None:
    """Whole or not at all, readable by the portal alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pdf)
    part.replace(path)


def _finish(order: SlipPrint, state: SlipPrint.State, *, reason: str = "") -> None:
    done = order.total if state == State.READY else order.done
    SlipPrint.objects.filter(pk=order.pk).update(state=state, reason=reason, done=done, finished_at=timezone.now())
