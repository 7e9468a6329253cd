"""Staff: positions, homeroom and subject teachers (2.1)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..errors import Refusal, require_same_school
from ..eventlog import record
from ..models import EventKind, Homeroom, Person, School, SchoolClass, StaffPosition, StudyGroup, Teaching
from ..rights import require
from ..roles import project
from .days import checked_day, end_facts, require_begun, require_free
from .people import leave, new_person
from .roster import (
    ADMINISTRATOR_KINDS,
    TEACHING_KINDS,
    Kind,
    bring_back,
    end_fact,
    lock_class,
    lock_people,
    require_class_of_pupils,
    require_over,
    require_present,
)


@transaction.atomic
def add_staff(*, by: User, school: School, kind: Kind, title: str = "", **fields: Any) -> Person:
    """A new member of the staff in the lists, with a position. `fields`: names, phone, e-mail, birth_date."""
    require(by, "manage_staff", school)
    person = new_person(by=by, school=school, **fields)
    start_position(by=by, person=person, kind=kind, title=title)
    return person


@transaction.atomic
def start_position(*, by: User, person: Person, kind: Kind, title: str = "", **order: Any) -> StaffPosition:
    """Give a position (not that of an administrator). A teaching one begins the confirmation of the status «учитель»."""
    require(by, "manage_staff", person.school)
    require_may_give(by=by, school=person.school, kind=kind)
    return open_position(by=by, person=person, kind=kind, title=title, **order)


def require_may_give(*, by: User, school: School, kind: str) -> None:
    """Raise unless the position is one that is given and not appointed, and the actor may give it."""
    if kind in ADMINISTRATOR_KINDS:
        raise Refusal(_("Administrators are appointed, not employed: use the appointment."), code="use_appointment")
    if kind == Kind.DIRECTOR:  # he appoints administrators: only those who may do that make him
        require(by, "appoint_administrators", school)


def open_position(
    *, by: User | None, person: Person, kind: str, title: str = "", day: dt.date | None = None, **order: Any
) -> StaffPosition:
    """What `start_position` does, for services that have asked for their own right (an approved join request)."""
    lock_people(person)
    if person.enrolments.active().exists():
        raise Refusal(_("This is a pupil: change the role instead."), code="is_pupil")
    if person.positions.active().filter(kind=kind).exists():
        raise Refusal(_("The person holds this position already."), code="position_exists", field="kind")
    if kind == Kind.DIRECTOR and StaffPosition.objects.active().filter(school=person.school, kind=kind).exists():
        raise Refusal(_("The school has a director: end that position first."), code="director_exists", field="kind")
    since = checked_day(person.school, day)
    require_free(person.positions.filter(kind=kind), since)
    bring_back(by=by, person=person)
    fact = StaffPosition.objects.create(
        school=person.school, person=person, kind=kind, title=title, starts_on=since, **order
    )
    if kind == Kind.DIRECTOR and not person.is_verified:
        person.verification = Person.Verification.VERIFIED
        person.save(update_fields=["verification"])
    elif kind in TEACHING_KINDS and person.verification == Person.Verification.UNVERIFIED:
        person.verification, person.verification_asked_at = Person.Verification.PENDING, timezone.now()
        person.save(update_fields=["verification", "verification_asked_at"])
    record(
        EventKind.POSITION_STARTED,
        by=by,
        school=person.school,
        subject=person,
        new={"kind": kind, "title": title, **order},
    )
    project(person.school, [person], by=by)
    return fact


@transaction.atomic
def end_position(*, by: User, position: StaffPosition) -> None:
    """End a position. With the last teaching one the person's homeroom and teaching end too."""
    require(by, "manage_staff", position.school)
    if position.kind in ADMINISTRATOR_KINDS:
        raise Refusal(_("Administrators are dismissed, not ended: use the dismissal."), code="use_dismissal")
    person, today = position.person, timezone.localdate()
    lock_people(person)
    if position.kind == Kind.DIRECTOR:
        require(by, "appoint_administrators", position.school)
    end_fact(position)
    if not person.positions.active().filter(kind__in=TEACHING_KINDS).exists():
        person.homerooms.active().update(ends_on=today)
        person.teachings.active().update(ends_on=today)
    record(EventKind.POSITION_ENDED, by=by, school=position.school, subject=person, old={"kind": position.kind})
    project(position.school, [person], by=by)


def dismiss(*, by: User, person: Person, day: dt.date | None = None, reason: str = "", **order: Any) -> None:
    """All positions end, homeroom and teaching with them; who has no other role (a parent's) leaves the school.

    For the movement, which has asked for the right. Refused for an administrator.
    """
    lock_people(person)
    until = checked_day(person.school, day)
    positions = list(person.positions.active())
    if not positions:
        raise Refusal(_("This person is not of the staff."), code="not_staff")
    require_over(by=by, person=person)
    for position in positions:
        require_begun(position, until)
    for facts in (person.positions, person.homerooms, person.teachings):
        end_facts(facts, until)
    old = {"kind": [str(position.words) for position in positions]}
    record(EventKind.POSITION_ENDED, by=by, school=person.school, subject=person, old=old, new=order)
    if not person.wards.active().exists():
        leave(by=by, person=person, day=until, reason=reason, **order)
    project(person.school, [person], by=by)


@transaction.atomic
def assign_homeroom(
    *, by: User, school_class: SchoolClass, person: Person, replace: bool = False, **order: Any
) -> Homeroom:
    """Make a teacher the homeroom teacher of the class (2.1 «прикрепляет … классных руководителей»).

    Raises `Refusal` when the class has one, unless `replace`: then that one's chats of the class go to the new one.
    """
    require(by, "manage_staff", school_class.school)
    require_same_school(person, school_class)
    lock_class(school_class)
    require_class_of_pupils(school_class)
    _require_teacher(person)
    current = school_class.homerooms.active().select_related("person").first()
    if current and current.person_id == person.pk:
        return current
    if current and not replace:
        raise Refusal(
            _("The class has a homeroom teacher: %(name)s. Confirm the replacement.") % {"name": current.person},
            code="homeroom_taken",
            field="person",
        )
    today = timezone.localdate()
    if current:
        end_fact(current)
    fact = Homeroom.objects.create(
        school=school_class.school, school_class=school_class, person=person, starts_on=today, **order
    )
    record(
        EventKind.HOMEROOM_ASSIGNED,
        by=by,
        school=school_class.school,
        subject=school_class,
        person=person,
        old={"homeroom": str(current.person)} if current else {},
        new={"homeroom": str(person), **order},
    )
    project(school_class.school, [person] + ([current.person] if current else []), by=by)
    return fact


@transaction.atomic
def release_homeroom(*, by: User, school_class: SchoolClass) -> None:
    """The class is left without a homeroom teacher."""
    require(by, "manage_staff", school_class.school)
    lock_class(school_class)
    require_present(school_class)
    current = school_class.homerooms.active().select_related("person").first()
    if current is None:
        return
    end_fact(current)
    record(
        EventKind.HOMEROOM_ENDED,
        by=by,
        school=school_class.school,
        subject=school_class,
        person=current.person,
        old={"homeroom": str(current.person)},
    )
    project(school_class.school, [current.person], by=by)


@transaction.atomic
def assign_teaching(*, by: User, study_group: StudyGroup, person: Person, **order: Any) -> Teaching:
    """Let a teacher take a study group (2.4); the assignment that is there is returned."""
    require(by, "manage_staff", study_group.school)
    require_same_school(person, study_group)
    lock_class(study_group.school_class)
    require_class_of_pupils(study_group.school_class)
    _require_teacher(person)
    existing = study_group.teachings.active().filter(person=person).first()
    if existing:
        return existing
    fact = Teaching.objects.create(
        school=study_group.school, study_group=study_group, person=person, starts_on=timezone.localdate(), **order
    )
    record(
        EventKind.TEACHING_ASSIGNED,
        by=by,
        school=study_group.school,
        subject=study_group.school_class,
        person=person,
        new={"teacher": str(person), "group": str(study_group)},
    )
    project(study_group.school, [person], by=by)
    return fact


@transaction.atomic
def release_teaching(*, by: User, teaching: Teaching) -> None:
    require(by, "manage_staff", teaching.school)
    lock_people(teaching.person)
    require_present(teaching.study_group.school_class)
    end_fact(teaching)
    record(
        EventKind.TEACHING_ENDED,
        by=by,
        school=teaching.school,
        subject=teaching.study_group.school_class,
        person=teaching.person,
        old={"teacher": str(teaching.person), "group": str(teaching.study_group)},
    )
    project(teaching.school, [teaching.person], by=by)


def _require_teacher(person: Person) -> None:
    if not person.positions.active().filter(kind__in=TEACHING_KINDS).exists():
        raise Refusal(
            _("%(name)s holds no teaching position.") % {"name": person.full_name}, code="not_a_teacher", field="person"
        )
