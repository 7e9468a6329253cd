"""Administrators: appointed and dismissed by an order of the director, never the last one (2.1, 2.2)."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..errors import Refusal
from ..eventlog import record
from ..models import EventKind, Person, School, StaffPosition
from ..rights import forget_rights, require
from ..roles import lock_roster, project
from .roster import ADMINISTRATOR_KINDS, TEACHING_KINDS, Kind, lock_people


@transaction.atomic
def appoint_administrator(*, by: User, person: Person, order_number: str, order_date: Any, main: bool = False) -> None:
    """Appoint an additional administrator out of the teachers who have joined (2.1), by an order of the director.

    `main` hands over the role of the administrator itself: the former one becomes additional.
    """
    school = _ask(by, person, order_number, order_date)
    if person.user_id is None or person.removed_at or not person.is_verified:
        raise Refusal(
            _("Only a confirmed teacher who has joined can be an administrator."), code="not_eligible", field="person"
        )
    _require_teacher_position(person)
    kind = Kind.ADMINISTRATOR if main else Kind.ADDITIONAL_ADMINISTRATOR
    order = {"order_number": order_number.strip(), "order_date": order_date}
    held = person.positions.active().filter(kind__in=ADMINISTRATOR_KINDS)
    if held.filter(kind=kind).exists() or (held.exists() and not main):
        raise Refusal(_("The person is an administrator already."), code="position_exists", field="person")
    affected = [person]
    if main:
        affected += _step_down(school, order)
        held.update(ends_on=timezone.localdate())
    StaffPosition.objects.create(school=school, person=person, kind=kind, starts_on=timezone.localdate(), **order)
    record(EventKind.ADMINISTRATOR_APPOINTED, by=by, school=school, subject=person, new={"kind": kind, **order})
    project(school, affected, by=by)


def _ask(by: User, person: Person, order_number: str, order_date: Any) -> School:
    """The right is asked again behind the lock: whoever was dismissed a moment ago dismisses and appoints nobody."""
    require(by, "appoint_administrators", person.school)
    school = lock_roster(person.school_id)
    forget_rights(by)
    require(by, "appoint_administrators", school)
    lock_people(person)
    if not (order_number.strip() and order_date):
        raise Refusal(_("Name the order: its number and date."), code="order_needed", field="order_number")
    return school


def _require_teacher_position(person: Person) -> None:
    if not person.positions.active().filter(kind__in=TEACHING_KINDS).exists():
        raise Refusal(_("An administrator is one of the teachers of the school."), code="not_a_teacher", field="person")


def _step_down(school: School, order: dict[str, Any]) -> list[Person]:
    former = StaffPosition.objects.active().filter(school=school, kind=Kind.ADMINISTRATOR).select_related("person")
    people = [position.person for position in former]
    today = timezone.localdate()
    former.update(ends_on=today)
    for person in people:
        StaffPosition.objects.create(
            school=school, person=person, kind=Kind.ADDITIONAL_ADMINISTRATOR, starts_on=today, **order
        )
    return people


@transaction.atomic
def dismiss_administrator(*, by: User, person: Person, order_number: str, order_date: Any) -> None:
    """Dismiss an administrator by an order; the last one of the school cannot be dismissed by any road."""
    school = _ask(by, person, order_number, order_date)
    administrators = StaffPosition.objects.active().filter(school=school, kind__in=ADMINISTRATOR_KINDS)
    own = administrators.filter(person=person)
    if not own.exists():
        raise Refusal(_("The person is not an administrator."), code="not_an_administrator")
    others = administrators.exclude(person=person).filter(person__user__is_active=True)
    if not others.exists():
        raise Refusal(
            _("The last administrator cannot be dismissed: appoint another first."), code="last_administrator"
        )
    if own.filter(kind=Kind.ADMINISTRATOR).exists():
        raise Refusal(
            _("Hand over the role of the administrator first: appoint another as the main one."),
            code="main_administrator",
        )
    own.update(ends_on=timezone.localdate())
    new = {"order_number": order_number.strip(), "order_date": order_date}
    record(EventKind.ADMINISTRATOR_DISMISSED, by=by, school=school, subject=person, new=new)
    project(school, [person], by=by)
