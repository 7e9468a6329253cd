"""People of the school: added, corrected, tied to a login, removed (2.1 «движение»)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..errors import Refusal, require_same_school
from ..eventlog import apply_changes, line, record, record_many
from ..models import (
    Activist,
    Enrolment,
    EventKind,
    GroupMembership,
    Guardianship,
    Homeroom,
    Person,
    School,
    StaffPosition,
    Teaching,
)
from ..projection import with_families
from ..rights import require
from ..roles import project
from .days import checked_day, end_facts, require_begun
from .roster import bring_back, end_fact, lock_people, require_over

PERSON_FACTS: tuple[Any, ...] = (Enrolment, GroupMembership, StaffPosition, Homeroom, Teaching, Activist)
EDITABLE = frozenset({"last_name", "first_name", "patronymic", "birth_date", "phone", "email", "file_number"})


def new_person(*, by: User | None, school: School, **fields: Any) -> Person:
    """A person in the school's lists. Called by services that have asked for the right; gives no role by itself."""
    person = clean_person(school, fields)
    person.save()
    record(EventKind.PERSON_ADDED, by=by, school=school, subject=person)
    return person


def clean_person(school: School, fields: dict[str, Any]) -> Person:
    """A person as the lists would have him, not saved yet: names without stray spaces, every field valid."""
    names = ("last_name", "first_name", "patronymic")
    person = Person(
        school=school, **{**fields, **{name: " ".join(str(fields.get(name, "")).split()) for name in names}}
    )
    person.full_clean(validate_constraints=False, exclude=["school", "search_key", "user"])
    return person


@transaction.atomic
def edit_person(*, by: User, person: Person, **changes: Any) -> Person:
    """Correct names, birth date, contacts, the personal file number."""
    require(by, "manage_people", person.school)
    if unknown := changes.keys() - EDITABLE:
        raise TypeError(f"not to be edited: {sorted(unknown)}")
    old, new = apply_changes(person, changes)
    if new:
        record(EventKind.PERSON_CHANGED, by=by, school=person.school, subject=person, old=old, new=new)
    return person


@transaction.atomic
def attach_user(*, by: User, person: Person, user: User) -> Person:
    """The person joins: the login becomes his. Called by the redemption of an invite, never by itself.

    Raises `Refusal` when the person has a login, has left, or the login is another person of this school.
    """
    lock_people(person)
    if person.removed_at:
        raise Refusal(_("This person has left the school."), code="has_left")
    if person.user_id == user.pk:
        return person
    if person.user_id:
        raise Refusal(_("This person has joined already, from another account."), code="already_joined")
    if Person.objects.filter(school=person.school, user=user).exists():
        raise Refusal(_("Your account belongs to another person of this school."), code="another_person")
    person.user, person.joined_at = user, timezone.now()
    person.save(update_fields=["user", "joined_at"])
    record(EventKind.PERSON_JOINED, by=by, school=person.school, subject=person)
    project(person.school, [person], by=by)
    return person


@transaction.atomic
def detach_user(*, by: User, person: Person) -> None:
    """Take the login off a person whom somebody else has joined as: the person is as before joining, and is invited anew.

    Refused for an administrator, who would leave the school without a hand.
    """
    require(by, "manage_people", person.school)
    lock_people(person)
    require_over(by=by, person=person)
    if person.user is None:
        raise Refusal(_("This person has not joined."), code="not_joined")
    record(EventKind.PERSON_CHANGED, by=by, school=person.school, subject=person, old={"login": str(person.user)})
    former, person.user = person.user, None
    person.save(update_fields=["user"])
    project(person.school, [person], former=former, by=by)


@transaction.atomic
def remove_person(*, by: User, person: Person, reason: str = "", **order: Any) -> None:
    """The person leaves the school: every fact ends today, every role with it; the record stays for the history.

    `order`: order_number, order_date. Refused for an administrator.
    """
    require(by, "manage_people", person.school)
    leave(by=by, person=person, reason=reason, **order)


def leave(
    *,
    by: User,
    person: Person,
    day: dt.date | None = None,
    kind: EventKind = EventKind.PERSON_REMOVED,
    reason: str = "",
    **order: Any,
) -> None:
    """What `remove_person` does, for the movement: on a day, also as a graduation."""
    lock_people(person)
    if person.removed_at:
        raise Refusal(_("This person has left the school already."), code="already_removed")
    require_over(by=by, person=person)
    leave_together(by=by, people=[person], day=day, kind=kind, reason=reason, order=order)
    person.refresh_from_db(fields=["removed_at"])


def leave_together(
    *,
    by: User,
    people: Sequence[Person],
    day: dt.date | None = None,
    kind: EventKind = EventKind.PERSON_REMOVED,
    reason: str = "",
    order: dict[str, Any] | None = None,
) -> None:
    """What `leave` does, for many of a school: the caller has asked and holds the lock."""
    school, ids = people[0].school, [person.pk for person in people]
    until = checked_day(school, day)
    for model in (Enrolment, StaffPosition):
        for fact in model.objects.active().filter(person__in=ids).select_related("person"):
            require_begun(fact, until)
    affected = list(Person.objects.filter(pk__in=with_families(ids)))
    for model in PERSON_FACTS:
        end_facts(model.objects.filter(person__in=ids), until)
    end_facts(Guardianship.objects.filter(Q(guardian__in=ids) | Q(pupil__in=ids)), until)
    Person.objects.filter(pk__in=ids).update(removed_at=timezone.now())
    new = {"reason": reason.strip(), **(order or {})}
    record_many(line(kind, by=by, school=school, subject=person, new=new) for person in people)
    project(school, affected, by=by)


@transaction.atomic
def set_activist(*, by: User, person: Person, kind: Activist.Kind, active: bool) -> None:
    """Put a parent or a pupil on the parents' or pupils' body, or take him off (2.2: chats with the activists)."""
    require(by, "manage_people", person.school)
    lock_people(person)
    current = person.activisms.active().filter(kind=kind)
    if current.exists() == active:
        return
    today = timezone.localdate()
    if active:
        fits = person.wards.active() if kind == Activist.Kind.PARENTS else person.enrolments.active()
        if not fits.exists():
            raise Refusal(_("Only a parent or a pupil of the school can be an activist."), code="not_eligible")
        Activist.objects.create(school=person.school, person=person, kind=kind, starts_on=today)
    else:
        current.update(ends_on=today)
    record(EventKind.ACTIVIST_CHANGED, by=by, school=person.school, subject=person, new={kind: active})
    project(person.school, [person], by=by)


@transaction.atomic
def add_guardian(*, by: User, pupil: Person, guardian: Person, kind: Guardianship.Kind) -> Guardianship:
    """Tie a parent to a pupil; the one that is there is returned. Not one's own parent, not across schools."""
    enrolment = pupil.enrolments.active().first()
    require(by, "decide_requests", enrolment.school_class if enrolment else pupil.school)
    return link_guardian(by=by, pupil=pupil, guardian=guardian, kind=kind)


@transaction.atomic
def add_parent(*, by: User, pupil: Person, kind: Guardianship.Kind, **fields: Any) -> Person:
    """A new parent in the lists, tied to the pupil. `fields`: names, phone, e-mail."""
    enrolment = pupil.enrolments.active().first()
    require(by, "decide_requests", enrolment.school_class if enrolment else pupil.school)
    parent = new_person(by=by, school=pupil.school, **fields)
    link_guardian(by=by, pupil=pupil, guardian=parent, kind=kind)
    return parent


def link_guardian(*, by: User | None, pupil: Person, guardian: Person, kind: str) -> Guardianship:
    """What `add_guardian` does, for the redemption of an invite, which is the permission itself (2.7)."""
    require_same_school(pupil, guardian)
    if pupil.pk == guardian.pk:
        raise Refusal(_("Nobody is his own parent."), code="own_parent")
    lock_people(pupil, guardian)
    if pupil.removed_at:
        raise Refusal(_("This person has left the school."), code="has_left", field="pupil")
    if guardian.enrolments.active().exists() or pupil.wards.active().filter(pupil=guardian).exists():
        raise Refusal(_("A pupil of the school cannot be a parent of its pupil."), code="guardian_is_pupil")
    existing = Guardianship.objects.active().filter(pupil=pupil, guardian=guardian).first()
    if existing:
        return existing
    bring_back(by=by, person=guardian)
    fact = Guardianship.objects.create(
        school=pupil.school, pupil=pupil, guardian=guardian, kind=kind, starts_on=timezone.localdate()
    )
    record(
        EventKind.GUARDIAN_ADDED,
        by=by,
        school=pupil.school,
        subject=guardian,
        new={"pupil": pupil.full_name, "pupil_id": pupil.pk, "kind": kind},
    )
    project(pupil.school, [guardian], by=by)
    return fact


@transaction.atomic
def remove_guardian(*, by: User, guardianship: Guardianship) -> None:
    """Untie a parent from a pupil: the chats that came with the child go too."""
    pupil = guardianship.pupil
    enrolment = pupil.enrolments.active().first()
    require(by, "decide_requests", enrolment.school_class if enrolment else pupil.school)
    end_fact(guardianship)
    record(
        EventKind.GUARDIAN_REMOVED,
        by=by,
        school=pupil.school,
        subject=guardianship.guardian,
        old={"pupil": pupil.full_name, "pupil_id": pupil.pk},
    )
    project(pupil.school, [guardianship.guardian], by=by)


def retire_double(*, by: User, double: Person, kept: Person) -> None:
    """The lists held one parent twice, and the children of both records are `kept`'s now: the second record leaves them.

    Called by the redemption of an invite, which is the permission itself. A record that is more than a parent stays.
    """
    lock_people(double, kept)
    if double.user_id or double.removed_at:
        return
    Guardianship.objects.active().filter(guardian=double).update(ends_on=timezone.localdate())
    if any(model.objects.active().filter(person=double).exists() for model in PERSON_FACTS):
        return
    double.removed_at = timezone.now()
    double.save(update_fields=["removed_at"])
    new = {"reason": str(_("listed twice"))}
    record(EventKind.PERSON_REMOVED, by=by, school=double.school, subject=double, new=new)
