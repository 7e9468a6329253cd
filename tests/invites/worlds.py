"""Worlds for the tests of invites."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from invites.answers import Answers
from invites.models import Invite, JoinRequest
from invites.services import issuing, redemption
from invites.services.redemption import Redemption
from invites.tokens import token_of
from school.models import Guardianship, Person, School, SchoolClass
from tests.factories import (
    administrator_of,
    make_class,
    make_homeroom,
    make_pupil,
    make_school,
    make_user,
    user_of,
)


@dataclass
class Class7B:
    """7Б of a school: its homeroom teacher, and Пётр Ёлкин, whose parents have not joined."""

    school: School
    school_class: SchoolClass
    homeroom: User
    child: Person

    @property
    def administrator(self) -> User:
        return administrator_of(self.school)

    def link(self, role: str = "parent", **terms: Any) -> Invite:
        school_class = self.school_class if role in ("pupil", "parent") else None
        by = self.homeroom if school_class else self.administrator
        return issuing.create_invite(by=by, school=self.school, role=role, school_class=school_class, **terms)


def make_7b() -> Class7B:
    school = make_school()
    school_class = make_class(school, "7Б")
    homeroom = user_of(make_homeroom(school_class))
    child = make_pupil(school_class, joined=False, last_name="Ёлкин", first_name="Пётр", patronymic="Ильич")
    return Class7B(school, school_class, homeroom, child)


def mother(child_last_name: str = "Елкин", child_first_name: str = "петр", **fields: Any) -> Answers:
    fields = {"last_name": "Ёлкина", "first_name": "Мария", "kind": "mother", **fields}
    return Answers(child_last_name=child_last_name, child_first_name=child_first_name, **fields)


def use(invite: Invite, by: User | None = None, answers: Answers | None = None) -> Redemption:
    return redemption.redeem(by=by or make_user(name=""), token=token_of(invite), answers=answers)


def ask(world: Class7B, answers: Answers | None = None, role: str = "parent", by: User | None = None) -> JoinRequest:
    """A request that waits: the link of the class demands approval."""
    request = use(world.link(role, needs_approval=True), by, answers or mother()).request
    assert request
    return request


def is_parent(user: User, child: Person) -> bool:
    return Guardianship.objects.active().filter(guardian__user=user, pupil=child).exists()
