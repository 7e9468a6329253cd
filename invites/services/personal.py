"""Personal invites: for one person whom the lists know (2.1, 2.5, 2.7)."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.errors import Refusal
from school.models import Guardianship, Person, SchoolClass, StaffPosition
from school.rights import RightDenied

from ..models import CLASS_ROLES, Invite, InviteRole
from ..ranks import require_to_invite
from .issuing import require_class, role_named, save_invites, term_of

_TEACHING = (
    *(StaffPosition.Kind.DIRECTOR, StaffPosition.Kind.DEPUTY),
    *(StaffPosition.Kind.TEACHER, StaffPosition.Kind.EXTRA_TEACHER),
)


@transaction.atomic
def create_personal_invite(
    *, by: User, person: Person, role: str = "", expires_at: dt.datetime | None = None
) -> Invite:
    """A slip for one person of the lists who has not joined. The one that is still good is returned as it is.

    `role` is needed where the person has several; who he is in the school decides otherwise.
    """
    _require_absent(person)
    found = _standing_of(person, role)
    require_to_invite(by, found.role, person.school, found.school_class)
    existing = person.invites.in_state("active").filter(role=found.role).first()
    if existing and expires_at is None:
        return existing
    return save_invites(by, [_personal(by, found, term_of(found.role, expires_at))])[0]


@transaction.atomic
def create_personal_invites(
    *, by: User, school_class: SchoolClass, role: str, people: Collection[Person] | None = None
) -> list[Invite]:
    """Slips for all pupils of the class, or for all their parents, who have not joined: good ones are kept.

    `people` narrows the list. The order is that of the names.
    """
    role = role_named(role)
    if role not in CLASS_ROLES:
        raise Refusal(_("A class has pupils and parents only."), code="wrong_role", field="role")
    require_class(school_class.school, school_class)
    require_to_invite(by, role, school_class.school, school_class)
    absent = people_to_invite(school_class, role)
    if people is not None:
        absent = absent.filter(pk__in=[person.pk for person in people])
    good = {i.person_id: i for i in Invite.objects.in_state("active").filter(role=role, person__in=absent)}
    standings = [Standing(person, role, school_class) for person in absent if person.pk not in good]
    made = save_invites(by, [_personal(by, standing, term_of(role, None)) for standing in standings])
    good |= {invite.person_id: invite for invite in made}
    return [good[person.pk] for person in absent]


def people_to_invite(school_class: SchoolClass, role: str) -> Any:
    """The pupils of the class, or their parents, who have not joined."""
    pupils = Person.objects.present().filter(enrolments__school_class=school_class, enrolments__ends_on__isnull=True)
    if role == InviteRole.PUPIL:
        return pupils.filter(user__isnull=True)
    wards = Guardianship.objects.active().filter(pupil__in=pupils)
    return Person.objects.present().filter(user__isnull=True, pk__in=wards.values("guardian_id"))


@transaction.atomic
def create_administrator_invite(*, by: User, person: Person, order_number: str, order_date: dt.date | None) -> Invite:
    """Invite one of the teachers who has still to join to be an additional administrator (2.1).

    He joins as the teacher that he is; the appointment that goes with it is proposed in the name of who made the invite, and
    waits for a second pair of hands like any other, unless the director made it (`administrators.appoint_administrator`).
    Personal, 72 hours, one use. Raises `Refusal` without the order, or for somebody who is no confirmed teacher.
    """
    require_to_invite(by, InviteRole.ADMINISTRATOR, person.school, None)
    _require_absent(person)
    if not (order_number.strip() and order_date):
        raise Refusal(_("Name the order: its number and date."), code="order_needed", field="order_number")
    if not person.is_verified or not person.positions.active().filter(kind__in=_TEACHING).exists():
        raise Refusal(
            _("An administrator is one of the confirmed teachers of the school."), code="not_eligible", field="person"
        )
    invite = _personal(by, Standing(person, InviteRole.ADMINISTRATOR, None), term_of(InviteRole.ADMINISTRATOR, None))
    invite.order_number, invite.order_date = order_number.strip()[:40], order_date
    return save_invites(by, [invite])[0]


@transaction.atomic
def create_child_invite(*, by: User, pupil: Person) -> Invite:
    """A parent opens an account for his own child (2.5; under 14 only so): a slip for one use, 72 hours."""
    if not pupil.guardians.active().filter(guardian__user=by).exists():
        raise RightDenied(by, "invite_pupils", _class_of(pupil) or pupil.school)
    _require_absent(pupil)
    existing = pupil.invites.in_state("active").filter(created_by=by).first()
    if existing:
        return existing
    standing = _standing_of(pupil, InviteRole.PUPIL)
    return save_invites(by, [_personal(by, standing, timezone.now() + dt.timedelta(hours=72))])[0]


@dataclass(frozen=True)
class Standing:
    """Who a person of the lists is: in what role, and through which class."""

    person: Person
    role: InviteRole
    school_class: SchoolClass | None


def roles_of(person: Person) -> list[tuple[InviteRole, SchoolClass | None]]:
    """The roles in which the person of the lists can be invited, each with its class; the likeliest first."""
    return [(standing.role, standing.school_class) for standing in _standings(person)]


def _standing_of(person: Person, role: str) -> Standing:
    """Raises `Refusal` for somebody who is nobody in the school."""
    for standing in _standings(person):
        if role in ("", standing.role):
            return standing
    raise Refusal(_("%(name)s has no such role in the school.") % {"name": person}, code="no_role", field="role")


def _standings(person: Person) -> Iterable[Standing]:
    own = _class_of(person)
    if own:
        yield Standing(person, InviteRole.PUPIL, own)
    for position in person.positions.active():
        if position.kind in InviteRole.values:
            yield Standing(person, InviteRole(position.kind), None)
    for ward in person.wards.active().select_related("pupil"):
        school_class = _class_of(ward.pupil)
        if school_class:
            yield Standing(person, InviteRole.PARENT, school_class)


def _class_of(pupil: Person) -> SchoolClass | None:
    enrolment = pupil.enrolments.active().select_related("school_class").first()
    return enrolment.school_class if enrolment else None


def _personal(by: User, standing: Standing, expires_at: dt.datetime) -> Invite:
    school = standing.school_class.school if standing.school_class else standing.person.school
    whom = {"school": school, "school_class": standing.school_class, "person": standing.person}
    return Invite(role=standing.role, max_uses=1, expires_at=expires_at, created_by=by, **whom)


def _require_absent(person: Person) -> None:
    if person.user_id:
        raise Refusal(_("%(name)s has joined already.") % {"name": person}, code="already_joined", field="person")
    if person.removed_at:
        raise Refusal(_("%(name)s has left the school.") % {"name": person}, code="already_removed", field="person")
