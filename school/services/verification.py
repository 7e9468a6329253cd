"""The status «учитель»: asked, confirmed, refused (2.1 «завершает процесс подтверждения», 2.2, 2.3, 2.4)."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..errors import Refusal
from ..eventlog import record
from ..models import EventKind, Person, School, StaffPosition
from ..rights import require
from ..roles import lock_roster, project
from .roster import ADMINISTRATOR_KINDS, TEACHING_KINDS, Kind, lock_people

Verification = Person.Verification


@transaction.atomic
def ask_verification(*, by: User, person: Person) -> None:
    """A teacher who was refused asks again."""
    if person.user_id != by.pk:
        require(by, "confirm_teachers", person.school)
    lock_people(person)
    if person.removed_at or not person.positions.active().filter(kind__in=TEACHING_KINDS).exists():
        raise Refusal(_("Only teachers ask for the status."), code="not_a_teacher")
    if person.verification in (Verification.PENDING, Verification.VERIFIED):
        raise Refusal(_("The status is confirmed or being checked already."), code="already_asked")
    person.verification, person.verification_asked_at = Verification.PENDING, timezone.now()
    person.save(update_fields=["verification", "verification_asked_at"])
    record(EventKind.VERIFICATION_ASKED, by=by, school=person.school, subject=person)


@transaction.atomic
def confirm_teachers(*, by: User, school: School, people: Collection[Person]) -> int:
    """Confirm the status of one or many; those confirmed already are passed over. Returns how many were confirmed."""
    require(by, "confirm_teachers", school)
    waiting = [p for p in _locked(school, people) if p.verification != Verification.VERIFIED]
    for person in waiting:
        if person.user_id == by.pk:
            raise Refusal(_("Nobody confirms his own status."), code="own_status")
        old, person.verification, person.verification_reason = person.verification, Verification.VERIFIED, ""
        person.save(update_fields=["verification", "verification_reason"])
        record(EventKind.VERIFICATION_CONFIRMED, by=by, school=school, subject=person, old={"verification": old})
    project(school, waiting, by=by)
    return len(waiting)


@transaction.atomic
def reject_teachers(*, by: User, school: School, people: Collection[Person], reason: str) -> int:
    """Refuse the status, with a reason that the teacher reads; the roles of a teacher go."""
    require(by, "confirm_teachers", school)
    if not reason.strip():
        raise Refusal(_("Say why: the teacher will read it."), code="reason_needed", field="reason")
    refused = [p for p in _locked(school, people) if p.verification != Verification.REJECTED]
    for person in refused:
        if person.positions.active().filter(kind__in=(Kind.DIRECTOR, *ADMINISTRATOR_KINDS)).exists():
            raise Refusal(_("The director and the administrators hold the status by their office."), code="by_office")
        old = person.verification
        person.verification, person.verification_reason = Verification.REJECTED, reason.strip()[:300]
        person.save(update_fields=["verification", "verification_reason"])
        new = {"verification": Verification.REJECTED, "reason": person.verification_reason}
        record(
            EventKind.VERIFICATION_REJECTED, by=by, school=school, subject=person, old={"verification": old}, new=new
        )
    project(school, refused, by=by)
    return len(refused)


def _locked(school: School, people: Collection[Person]) -> list[Person]:
    """The teachers among the people, those of another school left out, as they are behind the lock."""
    lock_roster(school.pk)
    teachers = StaffPosition.objects.active().filter(school=school, kind__in=TEACHING_KINDS)
    return list(school.people.present().filter(pk__in=[p.pk for p in people]).filter(pk__in=teachers.values("person")))
