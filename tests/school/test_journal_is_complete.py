"""Every road into and out of the staff and the classes stands in the journal: a post ended, a role changed; each is undone."""

from typing import Any

import pytest
from django.test import Client

from school import undo
from school.errors import Refusal
from school.models import Act, Event, EventKind, Movement, Person, SchoolClass, StaffPosition
from school.rights import RightDenied
from school.services import movements, people, role_change, staff
from school.services.role_change import NewRole, RoleTarget
from tests import factories as f

pytestmark = pytest.mark.django_db
Kind = Movement.Kind


@pytest.fixture
def here() -> SchoolClass:
    return f.make_class(f.make_school(), "7Б")


def end(person: Person, kind: str = "teacher") -> None:
    position = person.positions.active().get(kind=kind)
    movements.end_position(by=f.administrator_of(person.school), position=position)


def change(person: Person, role: NewRole, **more: Any) -> None:
    target = RoleTarget(role, **more)
    role_change.change_role(by=f.administrator_of(person.school), person=person, target=target)


def journal() -> list[tuple[str, str, str]]:
    lines = Movement.objects.order_by("pk").select_related("from_class", "to_class")
    return [(line.kind, str(line.from_class or ""), str(line.to_class or "")) for line in lines]


def take_back() -> None:
    act = Act.objects.get()
    undo.undo(by=f.administrator_of(act.school), act=act)


def active(person: Person) -> dict[str, set[int]]:
    """The facts of a person that hold, by their keys."""
    sorts = {"posts": person.positions, "classes": person.enrolments, "led": person.homerooms, "wards": person.wards}
    return {name: set(facts.active().values_list("pk", flat=True)) for name, facts in sorts.items()}


def roles(person: Person) -> set[str]:
    return set(f.user_of(person).groups.values_list("name", flat=True))


def test_with_the_last_post_one_is_dismissed_and_it_is_taken_back(here: SchoolClass):
    person = f.make_homeroom(here)
    staff.start_position(by=f.administrator_of(here.school), person=person, kind=StaffPosition.Kind.EMPLOYEE)
    end(person, "employee")
    assert journal() == []
    assert not Act.objects.exists()
    before = active(person), roles(person)
    end(person)
    assert journal() == [(Kind.DISMISSED, "", "")]
    event = Event.objects.get(kind=EventKind.MOVEMENT_CARRIED_OUT)
    assert (event.new["kind"], event.new["people"]) == ("dismissed", [person.full_name])
    person.refresh_from_db()
    assert person.removed_at is None  # in the lists, without a post
    assert not here.homerooms.active().exists()
    take_back()
    assert (active(person), roles(person)) == before


def test_a_class_that_has_another_teacher_by_now_is_in_the_way(here: SchoolClass):
    person = f.make_homeroom(here)
    end(person)
    f.make_homeroom(here)
    with pytest.raises(undo.UndoRefused):
        take_back()
    assert not person.positions.active().exists()


def test_what_is_refused_leaves_no_line(here: SchoolClass):
    admin = f.administrator_of(here.school)
    administrator = Person.objects.get(user=admin)
    with pytest.raises(Refusal) as refusal:
        end(administrator, "administrator")
    assert refusal.value.code == "use_dismissal"
    person = f.make_staff(here.school)
    position = person.positions.get()
    end(person)
    with pytest.raises(Refusal) as refusal:
        movements.end_position(by=admin, position=position)
    assert refusal.value.code == "already_ended"
    deputy = f.make_staff(here.school)
    with pytest.raises(RightDenied):
        movements.end_position(by=f.user_of(deputy), position=deputy.positions.get())
    assert journal() == [(Kind.DISMISSED, "", "")]


def test_the_button_and_the_api_write_the_line(here: SchoolClass, client: Client):
    client.force_login(f.administrator_of(here.school), backend="allauth.account.auth_backends.AuthenticationBackend")
    first, second = f.make_staff(here.school), f.make_staff(here.school)
    root = f"schools/{here.school.pk}"
    client.post(f"/{root}/people/positions/{first.positions.get().pk}/end/")
    assert client.delete(f"/api/v1/positions/{second.positions.get().pk}/").status_code == 204
    assert journal() == [(Kind.DISMISSED, "", "")] * 2
    assert first.full_name in client.get(f"/{root}/movement/").content.decode()


def make(who: str, here: SchoolClass) -> Person:
    """A person who is what the word says; the pupil of 7Б whom a parent has is another one."""
    if who == "pupil":
        return f.make_pupil(here)
    return f.make_parent(f.make_pupil(here)) if who == "parent" else f.make_staff(here.school)


@pytest.mark.parametrize(
    ("who", "role", "expected"),
    [
        ("staff", NewRole.PUPIL, [(Kind.DISMISSED, "", ""), (Kind.ENROLLED, "", "7А")]),
        ("staff", NewRole.PARENT, [(Kind.DISMISSED, "", "")]),
        ("staff", NewRole.EMPLOYEE, []),
        ("pupil", NewRole.TEACHER, [(Kind.LEFT, "7Б", ""), (Kind.HIRED, "", "")]),
        ("pupil", NewRole.PARENT, [(Kind.LEFT, "7Б", "")]),
        ("pupil", NewRole.PUPIL, [(Kind.TRANSFERRED, "7Б", "7А")]),
        ("parent", NewRole.TEACHER, [(Kind.HIRED, "", "")]),
        ("parent", NewRole.PUPIL, [(Kind.ENROLLED, "", "7А")]),
    ],
)
def test_a_changed_role_stands_in_the_journal_and_is_taken_back(
    here: SchoolClass, who: str, role: NewRole, expected: list[tuple[str, str, str]]
):
    there = f.make_class(here.school, "7А")
    person, child = make(who, here), f.make_pupil(there)
    before = active(person), roles(person)
    target = {NewRole.PUPIL: {"school_class": there}, NewRole.PARENT: {"child": child}}.get(role, {})
    role_change.preview_role_change(
        by=f.administrator_of(here.school), person=person, target=RoleTarget(role, **target)
    )
    assert journal() == []
    assert not Act.objects.exists()
    change(person, role, **target)
    assert journal() == expected
    assert Act.objects.count() == bool(expected)  # both lines are one act
    assert active(person) != before[0]
    if expected:
        take_back()
        assert (active(person), roles(person)) == before
        assert not Movement.objects.standing().exists()


def test_what_was_done_since_is_in_the_way_of_a_changed_role(here: SchoolClass):
    person, pupil = f.make_staff(here.school), f.make_pupil(here)
    change(person, NewRole.PARENT, child=pupil)
    people.remove_guardian(by=f.administrator_of(here.school), guardianship=person.wards.active().get())
    with pytest.raises(undo.UndoRefused):
        take_back()
