"""A small world with every role in it: two schools, two classes of the first with their people.

Used by the access matrix and by the tests of the rights, which ask the same questions for everybody in it.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from pytest_django import DjangoDbBlocker

from accounts.models import User
from school.models import Person, School, SchoolClass, StaffPosition, StudyGroup
from school.services import administrators
from tests import factories as f


@dataclass
class Place:
    """A class of a school and who is in it. `made` is for what other apps put there (a chat, an invite)."""

    school: School
    school_class: SchoolClass
    study_group: StudyGroup  # the whole class
    part: StudyGroup  # half of the class
    pupil: Person
    parent: Person
    classmate: Person  # another pupil, with a parent of his own
    classmates_parent: Person
    homeroom: Person
    class_teacher: Person
    made: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """`users` are the actors by role, seen from `own`; None is somebody who has not signed in."""

    own: Place
    other_class: Place
    other_school: Place
    people: dict[str, Person]
    users: dict[str, User | None]


def make_place(school: School, name: str) -> Place:
    school_class = f.make_class(school, name)
    pupil, classmate = f.make_pupil(school_class), f.make_pupil(school_class)
    teacher = f.make_teaching(school_class, "Алгебра")
    return Place(
        school=school,
        school_class=school_class,
        study_group=f.make_study_group(school_class, "Алгебра"),
        part=f.make_study_group(school_class, "Английский язык", "1-я группа"),
        pupil=pupil,
        parent=f.make_parent(pupil),
        classmate=classmate,
        classmates_parent=f.make_parent(classmate),
        homeroom=f.make_homeroom(school_class),
        class_teacher=teacher,
    )


def make_additional_administrator(school: School) -> Person:
    person = f.make_staff(school)
    order: Any = {"order_number": "15", "order_date": dt.date(2025, 9, 1)}
    administrators.appoint_at_once(by=f.administrator_of(school), person=person, **order)
    return person


@contextmanager
def world_kept(blocker: DjangoDbBlocker) -> Iterator[World]:
    """A world for all tests of a module, gone after them; each test's own writes are rolled back by `django_db`."""
    with blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def make_world() -> World:
    school, other = f.make_school(), f.make_school()
    own = make_place(school, "7Б")
    people = {
        "pupil": own.pupil,
        "parent": own.parent,
        "class_teacher": own.class_teacher,
        "homeroom": own.homeroom,
        "employee": f.make_staff(school, StaffPosition.Kind.EMPLOYEE, verified=False),
        "applicant": f.make_staff(school, verified=False),
        "deputy": f.make_staff(school, StaffPosition.Kind.DEPUTY),
        "director": f.make_staff(school, StaffPosition.Kind.DIRECTOR),
        "additional_administrator": make_additional_administrator(school),
        "administrator": Person.objects.get(user=f.administrator_of(school)),
    }
    users: dict[str, User | None] = {role: f.user_of(person) for role, person in people.items()}
    return World(
        own=own,
        other_class=make_place(school, "7А"),
        other_school=make_place(other, "7Б"),
        people=people,
        users={"anonymous": None, "stranger": f.make_user(), **users, "operator": f.make_operator()},
    )
