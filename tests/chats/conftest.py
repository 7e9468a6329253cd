"""A class with its people and its chats, as the services make them."""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.utils import timezone

from accounts.models import User
from chats import queries
from chats.kinds import Kind
from chats.models import Chat
from chats.services import create_chat
from school.models import AcademicYear, Person, School, SchoolClass
from tests import factories as f


@dataclass
class Room:
    """7Б: its homeroom teacher, a pupil with a mother, the chats of the parents and of the pupils."""

    school: School
    school_class: SchoolClass
    homeroom: User
    pupil: User
    parent: User
    pupil_person: Person
    parents_chat: Chat
    pupils_chat: Chat


def make_room(name: str = "7Б", school: School | None = None) -> Room:
    school = school or f.make_school()
    school_class = f.make_class(school, name)
    homeroom = f.user_of(f.make_homeroom(school_class))
    pupil = f.make_pupil(school_class)
    parent = f.make_parent(pupil)
    return Room(
        school=school,
        school_class=school_class,
        homeroom=homeroom,
        pupil=f.user_of(pupil),
        parent=f.user_of(parent),
        pupil_person=pupil,
        parents_chat=create_chat(by=homeroom, kind=Kind.PARENTS, scope=school_class),
        pupils_chat=create_chat(by=homeroom, kind=Kind.PUPILS, scope=school_class),
    )


@pytest.fixture
def room(db: None) -> Room:
    return make_room()


def sees(user: User, chat: Chat) -> bool:
    return Chat.objects.visible_to(f.fresh(user)).filter(pk=chat.pk).exists()


def unread(user: User, chat: Chat) -> int:
    return queries.line(user, chat.pk).unread


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def old(room: Room) -> Room:
    """7Б, whose people are in the lists for a hundred days."""
    AcademicYear.objects.update(starts_on=timezone.localdate() - dt.timedelta(days=200))
    age(room)
    return room


@pytest.fixture
def new(old: Room) -> Room:
    other = make_room("7А", old.school)
    age(other)
    return other


def age(room: Room) -> None:
    since = timezone.localdate() - dt.timedelta(days=100)
    for facts in (room.school_class.enrolments, room.school_class.homerooms, room.pupil_person.guardians):
        facts.update(starts_on=since)
