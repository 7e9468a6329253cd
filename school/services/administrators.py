"""Administrators: appointed and dismissed by an order of the director, never the last one (2.1, 2.2)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..errors import Refusal
from ..eventlog import record
from ..models import EventKind, PendingAct, Person, School, StaffPosition
from ..rights import forget_rights, require
from ..roles import lock_roster, project
from .acts import is_settled_director, propose_act
from .roster import ADMINISTRATOR_KINDS, TEACHING_KINDS, Kind, lock_people

APPOINTMENT = "appoint_administrator"  # the kind of act (`school.acts`)


@transaction.atomic
def appoint_administrator(
    *, by: User, person: Person, order_number: str, order_date: Any, main: bool = False
) -> PendingAct | None:
    """Appoint an additional administrator out of the teachers who have joined (2.1), by an order of the director.

    `main` hands over the role of the administrator itself: the former one becomes additional.

    The director appoints at once, because 2.2 gives him the appointing: None. From anybody else it waits for a second pair of
    hands, another administrator's or the director's, or for a day: the `PendingAct` is returned. A director who was made one,
    or who joined, less than a day ago proposes like the others (`services.acts.is_settled_director`): an administrator could
    have made him for this.
    """
    school = _ask(by, person, order_number, order_date)
    kind = _require_appointable(person, main)
    if is_settled_director(by, school):
        appoint_at_once(by=by, person=person, order_number=order_number, order_date=order_date, main=main)
        return None
    words = {"role": StaffPosition.Kind(kind).label, "name": person.full_name}
    order = {"order_number": order_number.strip(), "order_date": order_date.isoformat()}
    return propose_act(
        by=by,
        school=school,
        kind=APPOINTMENT,
        payload={"person": person.pk, "main": main, **order},
        summary=gettext("Appoint: %(name)s, %(role)s") % words,
    )


@transaction.atomic
def appoint_at_once(*, by: User, person: Person, order_number: str, order_date: Any, main: bool = False) -> None:
    """The appointment itself: after the second pair of hands or the delay, by the director, and in a made-up school."""
    school = _ask(by, person, order_number, order_date)
    kind = _require_appointable(person, main)
    order = {"order_number": order_number.strip(), "order_date": order_date}
    affected = [person]
    if main:
        affected += _step_down(school, order)
        person.positions.active().filter(kind__in=ADMINISTRATOR_KINDS).update(ends_on=timezone.localdate())
    StaffPosition.objects.create(school=school, person=person, kind=kind, starts_on=timezone.localdate(), **order)
    record(EventKind.ADMINISTRATOR_APPOINTED, by=by, school=school, subject=person, new={"kind": kind, **order})
    project(school, affected, by=by)


def carry_out_appointment(by: User, school: School, payload: dict[str, Any]) -> None:
    """What was proposed is done; the person is looked at anew."""
    person = Person.objects.select_related("school").get(school=school, pk=payload["person"])
    date = dt.date.fromisoformat(payload["order_date"])
    appoint_at_once(by=by, person=person, order_number=payload["order_number"], order_date=date, main=payload["main"])


def _require_appointable(person: Person, main: bool) -> str:
    """The kind of post that he gets. Raises `Refusal` for who is no confirmed teacher or is an administrator already."""
    if person.user_id is None or person.removed_at or not person.is_verified:
        raise Refusal(
            _("Only a confirmed teacher who has joined can be an administrator."), code="not_eligible", field="person"
        )
    _require_teacher_position(person)
    kind = Kind.ADMINISTRATOR if main else Kind.ADDITIONAL_ADMINISTRATOR
    held = set(person.positions.active().filter(kind__in=ADMINISTRATOR_KINDS).values_list("kind", flat=True))
    if kind in held or (held and not main):
        raise Refusal(_("The person is an administrator already."), code="position_exists", field="person")
    return kind


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
