"""Many people at once (an import, a made-up school): the same rules as one by one, a fixed number of queries."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..errors import Refusal, require_same_school
from ..eventlog import line, record_many
from ..models import Enrolment, EventKind, Guardianship, Person, School, SchoolClass
from ..rights import require
from ..roles import lock_roster, project
from .people import clean_person
from .roster import lock_class, require_class_of_pupils

Fields = dict[str, Any]
Family = tuple[Fields, Sequence[Person], str]  # a parent's names, his children, the kinship


@transaction.atomic
def add_pupils(
    *, by: User, school_class: SchoolClass, rows: Iterable[Fields], order: Fields | None = None
) -> list[Person]:
    """New pupils of a class, each as by `pupils.add_pupil`. They have no login yet, so no role changes."""
    require(by, "manage_people", school_class.school)
    lock_class(school_class)
    require_class_of_pupils(school_class)
    people = _new_people(by, school_class.school, rows)
    today = timezone.localdate()
    Enrolment.objects.bulk_create(
        Enrolment(school=person.school, person=person, school_class=school_class, starts_on=today, **(order or {}))
        for person in people
    )
    new = {"class": school_class.name, "class_id": school_class.pk, **(order or {})}
    record_many(line(EventKind.PUPIL_ENROLLED, by=by, school=p.school, subject=p, new=new) for p in people)
    return people


@transaction.atomic
def add_parents(*, by: User, school: School, families: Sequence[Family]) -> list[Person]:
    """New parents, each tied to children who are there, as by `people.add_guardian`. They have no login yet."""
    require(by, "manage_people", school)
    require_same_school(school, *(child for _fields, children, _kind in families for child in children))
    parents = _new_people(by, school, (fields for fields, _children, _kind in families))
    pairs = [
        (parent, child, kind)
        for parent, (_fields, children, kind) in zip(parents, families, strict=True)
        for child in children
    ]
    today = timezone.localdate()
    Guardianship.objects.bulk_create(
        Guardianship(school=school, guardian=parent, pupil=child, kind=kind, starts_on=today)
        for parent, child, kind in pairs
    )
    record_many(
        line(
            EventKind.GUARDIAN_ADDED,
            by=by,
            school=school,
            subject=parent,
            new={"pupil": child.full_name, "pupil_id": child.pk, "kind": kind},
        )
        for parent, child, kind in pairs
    )
    return parents


@transaction.atomic
def attach_users(*, school: School, pairs: Collection[tuple[Person, User]]) -> list[Person]:
    """People of one school join, each by himself, as by `people.attach_user`; their logins are new to the school.

    Raises `Refusal` when one of them has joined or left, or one of the logins is a person of this school already.
    """
    lock_roster(school.pk)
    users = {person.pk: user for person, user in pairs}
    people = list(Person.objects.present().filter(school=school, pk__in=users, user__isnull=True))
    if len(people) < len(users):
        raise Refusal(_("Somebody of them has joined or left already."), code="already_joined")
    if Person.objects.filter(school=school, user__in=users.values()).exists():
        raise Refusal(_("Somebody's account belongs to another person of this school."), code="another_person")
    now = timezone.now()
    for person in people:
        person.user, person.joined_at = users[person.pk], now
    Person.objects.bulk_update(people, ["user", "joined_at"], batch_size=200)
    record_many(line(EventKind.PERSON_JOINED, by=users[p.pk], school=school, subject=p) for p in people)
    project(school, people)
    return people


def _new_people(by: User, school: School, rows: Iterable[Fields]) -> list[Person]:
    people = [clean_person(school, row) for row in rows]
    made = Person.objects.bulk_create(people)
    record_many(line(EventKind.PERSON_ADDED, by=by, school=school, subject=person) for person in made)
    return made
