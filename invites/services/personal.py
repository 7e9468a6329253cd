"""Personal invites: for one person whom the lists know (2.1, 2.5, 2.7)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.errors import Refusal
from school.models import Person, SchoolClass, StaffPosition
from school.rights import RightDenied

from ..models import STAFF_ROLES, Invite, InviteRole
from ..ranks import AboveOwnRole, beyond, may_invite, require_to_invite
from .issuing import annul_invites, save_invites, term_of

REISSUED = "reissued"  # the reason in the log, put into words by the page of the invite
Key = tuple[int, str, int | None]  # person, role, class: one good slip of each
_TEACHING = (
    *(StaffPosition.Kind.DIRECTOR, StaffPosition.Kind.DEPUTY),
    *(StaffPosition.Kind.TEACHER, StaffPosition.Kind.EXTRA_TEACHER),
)


@transaction.atomic
def create_personal_invite(
    *, by: User, person: Person, role: str = "", expires_at: dt.datetime | None = None, reissue: bool = False
) -> Invite:
    """A slip for one person of the lists who has not joined. The one that is still good is returned as it is.

    `role` is needed where the person has several; who he is in the school decides otherwise. With `reissue` those that
    were good are annulled and a new one is made.
    """
    _require_absent(person)
    found = _standing_of(person, role, by)
    require_to_invite(by, found.role, person.school, found.school_class)
    if beyond(by, person.school, [person]):
        raise AboveOwnRole
    issued = issue(by, [found], expires_at=expires_at, reissue=reissue)
    if not issued:  # joined while we asked
        raise _joined(person)
    return issued[0]


def issue(
    by: User, standings: Iterable["Standing"], *, expires_at: dt.datetime | None = None, reissue: bool = False
) -> list[Invite]:
    """An invite for each of those who have not joined: the good one, or a new one. Whoever calls has asked for the right.

    `reissue`: the good ones are annulled, in the transaction that makes the new ones. The order is kept.
    """
    wanted = {standing.key: standing for standing in standings}
    # Whoever prints the same people meanwhile waits here and then finds the slips that were made.
    people = {standing.person.pk: standing.person for standing in wanted.values()}
    locked = Person.objects.select_for_update(no_key=True).filter(pk__in=people, user__isnull=True).order_by("pk")
    absent = set(locked.values_list("pk", flat=True))
    wanted = {key: standing for key, standing in wanted.items() if standing.person.pk in absent}
    active = Invite.objects.in_state("active").filter(person__in=absent).with_names().order_by("created_at", "pk")
    good = [invite for invite in active if _key(invite) in wanted]
    if reissue:
        annul_invites(by=by, invites=good, reason=REISSUED)
    found = {} if reissue or expires_at else {_key(invite): invite for invite in good}
    new = [
        _personal(by, standing, term_of(standing.role, expires_at))
        for key, standing in wanted.items()
        if key not in found
    ]
    found |= {_key(invite): invite for invite in save_invites(by, new)}
    return [found[key] for key in wanted]


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
    standing = _standing_of(pupil, InviteRole.PUPIL, by)
    return save_invites(by, [_personal(by, standing, timezone.now() + dt.timedelta(hours=72))])[0]


@dataclass(frozen=True)
class Standing:
    """Who a person of the lists is: in what role, and through which class."""

    person: Person
    role: InviteRole
    school_class: SchoolClass | None

    @property
    def key(self) -> "Key":
        return self.person.pk, self.role, self.school_class.pk if self.school_class else None


def roles_of(person: Person) -> list[tuple[InviteRole, SchoolClass | None]]:
    """The roles in which the person of the lists can be invited, each with its class; the likeliest first."""
    return [(standing.role, standing.school_class) for standing in _standings(person)]


def _key(invite: Invite) -> Key:
    return invite.person_id or 0, invite.role, invite.school_class_id


def _standing_of(person: Person, role: str, by: User) -> Standing:
    """The first standing in which the actor may invite the person, else the first: its refusal says why.

    Raises `Refusal` for somebody who is nobody in the school.
    """
    fitting = [standing for standing in _standings(person) if role in ("", standing.role)]
    if not fitting:
        raise Refusal(_("%(name)s has no such role in the school.") % {"name": person}, code="no_role", field="role")
    allowed = (found for found in fitting if may_invite(by, found.role, person.school, found.school_class))
    return next(allowed, fitting[0])


def _standings(person: Person) -> Iterable[Standing]:
    own = _class_of(person)
    if own:
        yield Standing(person, InviteRole.PUPIL, own)
    for position in person.positions.active():
        if position.kind in STAFF_ROLES:
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
        raise _joined(person)
    if person.removed_at:
        raise Refusal(_("%(name)s has left the school.") % {"name": person}, code="already_removed", field="person")


def _joined(person: Person) -> Refusal:
    return Refusal(_("%(name)s has joined already.") % {"name": person}, code="already_joined", field="person")
