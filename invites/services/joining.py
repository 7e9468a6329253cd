"""What joining does, whichever way it was allowed: by the invite itself or by an approved request.

No permission is asked here: the callers (`redemption`, `deciding`) have asked for it, and hold the transaction.
"""

from django.utils import timezone

from accounts import services as accounts
from accounts.models import User
from school.eventlog import record
from school.models import EventKind, Person, School, SchoolClass
from school.roles import project
from school.services import people, pupils, staff

from ..answers import Answers
from ..models import JoinRequest

Applicant = Answers | JoinRequest


def join_as_parent(
    *, by: User, user: User, child: Person, applicant: Applicant, kind: str, person: Person | None
) -> Person:
    """The user becomes a parent of the child: as the person he is here already, as the one of the lists, or a new one."""
    guardian = _become(by, user, child.school, person, applicant)
    people.link_guardian(by=by, pupil=child, guardian=guardian, kind=kind)
    return guardian


def join_as_pupil(
    *, by: User, user: User, school_class: SchoolClass, applicant: Applicant, person: Person | None
) -> Person:
    """The user becomes the pupil of the lists, or a new pupil who is enrolled in the class."""
    pupil = _become(by, user, school_class.school, person, applicant)
    if applicant.birth_date and not pupil.birth_date:
        pupil.birth_date = applicant.birth_date
        pupil.save(update_fields=["birth_date"])
    if not pupil.enrolments.active().exists():
        pupils.enrol(by=by, person=pupil, school_class=school_class)
    return pupil


def join_as_staff(
    *, by: User, user: User, school: School, role: str, applicant: Applicant, person: Person | None
) -> Person:
    """The user becomes a member of the staff; a teaching position begins the confirmation of the status «учитель»."""
    member = _become(by, user, school, person, applicant)
    if not member.positions.active().filter(kind=role).exists():
        staff.open_position(by=by, person=member, kind=role, title=applicant.title)
    return member


def join_as_known(*, by: User, user: User, person: Person) -> Person:
    """The user is this person of the lists. A parent whom the school lists twice keeps one record, with all children."""
    own = Person.objects.filter(school=person.school_id, user=user).exclude(pk=person.pk).first()
    if own is None:
        joined = people.attach_user(by=by, person=person, user=user)
        _name(user, joined)
        return joined
    _readmit(by, own)
    for ward in person.wards.active().select_related("pupil"):
        people.link_guardian(by=by, pupil=ward.pupil, guardian=own, kind=ward.kind)
    people.retire_double(by=by, double=person, kept=own)
    return own


def _become(by: User, user: User, school: School, listed: Person | None, applicant: Applicant) -> Person:
    own = Person.objects.filter(school=school, user=user).first()
    if own:
        _readmit(by, own)
        return own
    if listed:
        person = people.attach_user(by=by, person=listed, user=user)
        if user.phone and not person.phone:
            person.phone = user.phone
            person.save(update_fields=["phone"])
    else:
        person = _new_person(by, user, school, applicant)
    _name(user, person)
    return person


def _new_person(by: User, user: User, school: School, applicant: Applicant) -> Person:
    person = people.new_person(
        by=by,
        school=school,
        user=user,
        joined_at=timezone.now(),
        last_name=applicant.last_name,
        first_name=applicant.first_name,
        patronymic=applicant.patronymic,
        birth_date=applicant.birth_date,
        phone=user.phone or "",
    )
    record(EventKind.PERSON_JOINED, by=by, school=school, subject=person)
    return person


def _readmit(by: User, person: Person) -> None:
    """Somebody who had left comes back under the record he had."""
    if person.removed_at is None:
        return
    old, person.removed_at = person.removed_at, None
    person.save(update_fields=["removed_at"])
    record(EventKind.PERSON_JOINED, by=by, school=person.school, subject=person, old={"removed_at": old})
    project(person.school, [person])


def _name(user: User, person: Person) -> None:
    if not user.name:
        accounts.change_name(by=user, name=person.full_name)
