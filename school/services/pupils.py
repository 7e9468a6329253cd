"""Pupils in classes: enrolled and moved (2.1 «движение обучающихся»)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..errors import Refusal, require_same_school
from ..eventlog import record
from ..models import Enrolment, EventKind, GroupMembership, Person, SchoolClass
from ..rights import require
from ..roles import project
from .days import checked_day, end_facts, require_begun, require_free
from .people import new_person
from .roster import bring_back, lock_class, lock_people, require_class_of_pupils


@transaction.atomic
def add_pupil(*, by: User, school_class: SchoolClass, order: dict[str, Any] | None = None, **fields: Any) -> Person:
    """A new pupil of the class. `fields`: names, birth_date, phone, file_number; `order`: order_number, order_date."""
    require(by, "manage_people", school_class.school)
    person = new_person(by=by, school=school_class.school, **fields)
    enrol(by=by, person=person, school_class=school_class, order=order)
    return person


@transaction.atomic
def enrol_pupil(
    *, by: User, person: Person, school_class: SchoolClass, order: dict[str, Any] | None = None
) -> Enrolment:
    """Put a person of the school who is in no class into this one."""
    require(by, "manage_people", school_class.school)
    return enrol(by=by, person=person, school_class=school_class, order=order)


def enrol(
    *,
    by: User | None,
    person: Person,
    school_class: SchoolClass,
    order: dict[str, Any] | None = None,
    day: dt.date | None = None,
) -> Enrolment:
    """What `enrol_pupil` does, for services that have asked for their own right (an approved join request).

    `day`: since when, today by default; see `days.checked_day`.
    """
    require_same_school(person, school_class)
    lock_class(school_class)
    lock_people(person)
    require_class_of_pupils(school_class)
    since = checked_day(person.school, day)
    if person.positions.active().exists():
        raise Refusal(_("This is one of the staff: change the role instead."), code="is_staff")
    if person.enrolments.active().exists():
        raise Refusal(_("The pupil is in a class already: move him instead."), code="already_enrolled")
    require_free(person.enrolments, since)
    bring_back(by=by, person=person)
    fact = Enrolment.objects.create(
        school=person.school, person=person, school_class=school_class, starts_on=since, **(order or {})
    )
    new = {"class": school_class.name, "class_id": school_class.pk, **(order or {})}
    record(EventKind.PUPIL_ENROLLED, by=by, school=person.school, subject=person, new=new)
    project(person.school, [person], by=by)
    return fact


@transaction.atomic
def move_pupil(*, by: User, person: Person, to_class: SchoolClass, order: dict[str, Any] | None = None) -> Enrolment:
    """Move a pupil to another class: the chats of the old one go and those of the new one come, parents' too."""
    require(by, "manage_people", person.school)
    return move(by=by, person=person, to_class=to_class, order=order)


def move(
    *,
    by: User,
    person: Person,
    to_class: SchoolClass,
    order: dict[str, Any] | None = None,
    day: dt.date | None = None,
    kind: EventKind = EventKind.PUPIL_MOVED,
) -> Enrolment:
    """What `move_pupil` does, for the movement; the old class ends and the new one begins on the same day."""
    require_same_school(person, to_class)
    lock_class(to_class)
    lock_people(person)
    require_class_of_pupils(to_class)
    since = checked_day(person.school, day)
    current = enrolment_of(person)
    if current.school_class_id == to_class.pk:
        raise Refusal(_("The pupil is in this class already."), code="same_class", field="to_class")
    require_begun(current, since)
    end_facts(Enrolment.objects.filter(pk=current.pk), since)
    end_facts(GroupMembership.objects.filter(person=person), since)
    fact = Enrolment.objects.create(
        school=person.school, person=person, school_class=to_class, starts_on=since, **(order or {})
    )
    record(
        kind,
        by=by,
        school=person.school,
        subject=person,
        old={"class": current.school_class.name, "class_id": current.school_class_id},
        new={"class": to_class.name, "class_id": to_class.pk, **(order or {})},
    )
    project(person.school, [person], by=by)
    return fact


def enrolment_of(person: Person) -> Enrolment:
    """The class in which the pupil is, with the class. Raises `Refusal` for somebody who is in none."""
    current: Enrolment | None = person.enrolments.active().select_related("school_class").first()
    if current is None:
        raise Refusal(_("The pupil is in no class: enrol him instead."), code="not_enrolled")
    current.person = person
    return current
