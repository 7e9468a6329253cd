"""The chats of a school's classes with all their members, as the services make them, and people who have signed in."""

from dataclasses import dataclass

from accounts.models import User
from chats.kinds import Kind
from chats.models import Chat
from chats.services import create_chat
from school.models import Person, School, SchoolClass
from school.services import bulk
from tests import factories as f

LETTERS = "АБВГД"


@dataclass(frozen=True)
class ClassChat:
    """`members[0]` is the homeroom teacher, who created the chat; the others are pupils."""

    chat: Chat
    members: list[User]


def make_class_chats(count: int, members: int) -> list[ClassChat]:
    """So many classes of one school (55 at most), each with the chat of its pupils, who have all joined."""
    school = f.make_school()
    made = []
    for number in range(count):
        school_class = f.make_class(school, f"{number % 11 + 1}{LETTERS[number // 11]}")
        homeroom = f.user_of(f.make_homeroom(school_class))
        pupils = _join_all(school, _make_pupils(school_class, members - 1))
        chat = create_chat(by=homeroom, kind=Kind.PUPILS, scope=school_class)
        made.append(ClassChat(chat, [homeroom, *pupils]))
    return made


def _make_pupils(school_class: SchoolClass, count: int) -> list[Person]:
    rows = [{"last_name": "Абрамова", "first_name": f"Имя{number}"} for number in range(count)]
    return bulk.add_pupils(by=f.administrator_of(school_class.school), school_class=school_class, rows=rows)


def _join_all(school: School, people: list[Person]) -> list[User]:
    users = [f.make_user(name=person.full_name) for person in people]
    bulk.attach_users(school=school, pairs=list(zip(people, users, strict=True)))
    return users


def signed_in(user: User) -> dict[str, str]:
    """The cookie of a new session of the user, as a header."""
    from django.test import Client

    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return {"Cookie": f"sessionid={client.session.session_key}"}
