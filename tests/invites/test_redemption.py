"""What joining does (2.5, 2.7), and that nothing is half-written."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from invites.answers import Answers
from invites.models import Invite, InviteUse, JoinRequest
from invites.refusals import InviteRefused
from invites.services import issuing, personal, redemption
from invites.tokens import token_of
from school.errors import Refusal
from school.models import Event, EventKind, PendingAct, Person, StaffPosition
from school.services import people, verification
from school.services.acts import approve_act
from school.services.people import remove_person
from tests.factories import (
    fresh,
    make_class,
    make_parent,
    make_pupil,
    make_school,
    make_staff,
    make_user,
    settle,
    user_of,
)
from tests.invites.worlds import Class7B, is_parent, make_7b, mother, use

pytestmark = pytest.mark.django_db
GROWN_UP = dt.date(2000, 1, 1)


@pytest.fixture
def world() -> Class7B:
    return make_7b()


def refused(invite: Invite, by: User | None = None, answers: Answers | None = None) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        use(invite, by, answers)
    return refusal.value


# --- parents ----------------------------------------------------------------------------------------------------------


def test_a_parent_who_names_the_child_is_inside_at_once(world: Class7B) -> None:
    invite, parent = world.link(), make_user(name="")
    result = use(invite, parent, mother())
    assert result.outcome == "joined"
    assert is_parent(parent, world.child)
    assert parent.groups.filter(role_group__role="class_parent", role_group__school_class=world.school_class).exists()
    person = Person.objects.get(user=parent)
    assert (person.full_name, person.phone, fresh(parent).name) == ("Ёлкина Мария", parent.phone, "Ёлкина Мария")
    invite.refresh_from_db()
    assert invite.uses == 1
    assert Event.objects.filter(kind=EventKind.INVITE_REDEEMED, subject_id=invite.pk, person_id=person.pk).exists()
    assert InviteUse.objects.get(invite=invite).outcome == "joined"


@pytest.mark.parametrize(
    ("last", "first"), [("ЁЛКИН", "пётр"), ("Елкин", "Петр"), (" Ёлкин ", "Пётр"), ("Eлкин", "Пeтр")]
)
def test_spelling_does_not_matter(world: Class7B, last: str, first: str) -> None:
    assert use(world.link(), answers=mother(last, first)).outcome == "joined"


def test_a_name_that_is_not_there_makes_a_request_and_tells_nothing(world: Class7B) -> None:
    parent = make_user()
    result = use(world.link(), parent, mother("Ёлкин", "Павел"))
    assert result.outcome == "requested"
    assert not Person.objects.filter(user=parent).exists()
    assert JoinRequest.objects.get(user=parent).child is None


def test_two_pupils_of_one_name_are_told_apart_by_the_teacher(world: Class7B) -> None:
    make_pupil(world.school_class, last_name="Елкин", first_name="Пётр")
    assert use(world.link(), answers=mother()).outcome == "requested"


def test_a_child_of_another_class_does_not_match(world: Class7B) -> None:
    make_pupil(make_class(world.school, "7А"), last_name="Белов", first_name="Олег")
    assert use(world.link(), answers=mother("Белов", "Олег")).outcome == "requested"


def test_a_third_adult_is_looked_at_by_the_teacher(world: Class7B) -> None:
    make_parent(world.child), make_parent(world.child)
    assert use(world.link(), answers=mother()).outcome == "requested"


def test_the_mother_of_the_lists_keeps_her_record(world: Class7B) -> None:
    user = make_user()
    listed = make_parent(world.child, joined=False, last_name="Ёлкина", first_name="Мария", phone=user.phone)
    assert use(world.link(), user, mother()).person == listed


def test_the_same_name_with_another_phone_is_another_person(world: Class7B) -> None:
    """Or a name alone would open the classes of the whole family."""
    listed = make_parent(world.child, joined=False, last_name="Ёлкина", first_name="Мария", phone="+79990000000")
    assert use(world.link(), answers=mother()).person != listed


def test_a_record_without_a_phone_is_taken_only_if_the_child_is_all_it_gives(world: Class7B) -> None:
    names = {"last_name": "Ёлкина", "first_name": "Мария"}
    sister = make_pupil(make_class(world.school, "1А"), joined=False)
    both = make_parent(world.child, sister, joined=False, **names)
    assert use(world.link(), answers=mother()).person != both
    other = make_pupil(world.school_class, joined=False, last_name="Сосна", first_name="Яна")
    alone = make_parent(other, joined=False, **names)
    assert use(world.link(), answers=mother("Сосна", "Яна")).person == alone


def test_one_parent_several_children_classes_and_schools(world: Class7B) -> None:
    other_class, foreign = make_class(world.school, "1А"), make_7b()
    second = make_pupil(other_class, joined=False, last_name="Ёлкина", first_name="Анна")
    invite = issuing.create_invite(by=world.administrator, school=world.school, role="parent", school_class=other_class)
    parent = make_user()
    use(world.link(), parent, mother())
    use(invite, parent, mother("Ёлкина", "Анна"))
    use(foreign.link(), parent, mother())
    assert all(is_parent(parent, child) for child in (world.child, second, foreign.child))
    assert parent.persons.count() == 2


def test_a_teacher_of_the_school_becomes_a_parent_as_the_same_person(world: Class7B) -> None:
    teacher = make_staff(world.school)
    assert use(world.link(), user_of(teacher), mother()).person == teacher


def test_a_parent_who_had_left_comes_back_under_the_same_record(world: Class7B) -> None:
    parent = make_parent(make_pupil(world.school_class))
    remove_person(by=world.administrator, person=parent)
    assert use(world.link(), user_of(parent), mother()).person == parent
    parent.refresh_from_db()
    assert parent.removed_at is None


def test_a_double_click_joins_once(world: Class7B) -> None:
    invite, parent = world.link(), make_user()
    use(invite, parent, mother())
    assert refused(invite, parent, mother()).code == "already_member"
    invite.refresh_from_db()
    assert (invite.uses, Person.objects.filter(user=parent).count()) == (1, 1)


# --- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["О’Коннор", "Д'Артаньян", "Салтыков-Щедрин", "де Голль"])
def test_names_of_people_are_welcome(world: Class7B, name: str) -> None:
    assert name in use(world.link(), answers=mother(last_name=name)).person.full_name  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"last_name": "Мама 😀"}, "last_name"),
        ({"last_name": ""}, "last_name"),
        ({"first_name": "x" * 150}, "first_name"),
        ({"first_name": "<b>Мария</b>"}, "first_name"),
        ({"child_last_name": "  "}, "child_last_name"),
        ({"kind": "aunt"}, "kind"),
    ],
)
def test_an_answer_to_correct_names_its_field_and_nothing_is_written(
    world: Class7B, answers: dict[str, Any], field: str
) -> None:
    invite, parent = world.link(), make_user()
    assert refused(invite, parent, mother(**answers)).field == field
    assert not Person.objects.filter(user=parent).exists()
    invite.refresh_from_db()
    assert invite.uses == 0


def test_guessing_names_ends_soon(world: Class7B) -> None:
    from invites.services.requesting import withdraw_request

    invite, guesser = world.link(), make_user()
    for name in ("Иван", "Павел", "Олег"):
        request = use(invite, guesser, mother("Ёлкин", name)).request
        assert request
        withdraw_request(by=guesser, request=request)
    assert refused(invite, guesser, mother()).code == "too_many_attempts"
    assert not is_parent(guesser, world.child)


# --- pupils -----------------------------------------------------------------------------------------------------------


def pupil(born: dt.date = GROWN_UP, **names: str) -> Answers:
    return Answers(**{"last_name": "Ёлкин", "first_name": "Пётр", **names}, birth_date=born)


def test_a_pupil_of_the_list_joins_by_name_and_birth_date(world: Class7B) -> None:
    Person.objects.filter(pk=world.child.pk).update(birth_date=GROWN_UP)
    user = make_user()
    assert use(world.link("pupil"), user, pupil()).person == world.child
    assert user.groups.filter(role_group__role="class_pupil").exists()


@pytest.mark.parametrize(
    "answers", [pupil(dt.date(2001, 1, 1)), pupil(first_name="Павел"), pupil(patronymic="Олегович")]
)
def test_another_pupil_makes_a_request(world: Class7B, answers: Answers) -> None:
    Person.objects.filter(pk=world.child.pk).update(birth_date=GROWN_UP)
    assert use(world.link("pupil"), answers=answers).outcome == "requested"


def test_a_pupil_who_has_joined_cannot_be_joined_again(world: Class7B) -> None:
    people.attach_user(by=make_user(), person=world.child, user=make_user())
    assert use(world.link("pupil"), answers=pupil()).outcome == "requested"


# --- personal ---------------------------------------------------------------------------------------------------------


def test_a_slip_needs_no_answers(world: Class7B) -> None:
    user = make_user()
    invite = personal.create_personal_invite(by=world.homeroom, person=world.child)
    assert use(invite, user).person == world.child
    invite.refresh_from_db()
    assert invite.state == "used_up"


def test_a_parent_listed_twice_keeps_one_record_with_all_children(world: Class7B) -> None:
    names: dict[str, Any] = {"last_name": "Ёлкина", "first_name": "Мария", "patronymic": "Львовна"}
    sister = make_pupil(make_class(world.school, "1А"), joined=False)
    first, second = make_parent(world.child, **names), make_parent(sister, joined=False, **names)
    invite = personal.create_personal_invite(by=world.administrator, person=second)
    assert use(invite, user_of(first)).person == first
    assert is_parent(user_of(first), sister)


def test_a_pupil_without_a_phone_thinks_of_a_login(world: Class7B) -> None:
    invite = personal.create_personal_invite(by=world.homeroom, person=world.child)
    token = token_of(invite)
    user, result = redemption.redeem_with_login(token=token, login="petya.elkin", password="красный-дракон-7")
    assert result.person == world.child
    assert (user.login, user.name, user.check_password("красный-дракон-7")) == (
        *("petya.elkin", "Ёлкин Пётр Ильич", True),
    )
    assert Event.objects.get(kind=EventKind.LOGIN_CREATED).new["login"] == "petya.elkin"
    with pytest.raises(InviteRefused) as refusal:
        redemption.redeem_with_login(token=token, login="petya.elkin2", password="красный-дракон-7")
    assert refusal.value.code == "used_up"


def test_a_bad_login_writes_nothing_and_the_slip_stays_good(world: Class7B) -> None:
    token = token_of(personal.create_personal_invite(by=world.homeroom, person=world.child))
    users = User.objects.count()
    for login, password in [("ё", "красный-дракон-7"), ("petya.elkin", "123")]:
        with pytest.raises(ValidationError):
            redemption.redeem_with_login(token=token, login=login, password=password)
    assert User.objects.count() == users
    assert redemption.redeem_with_login(token=token, login="petya.elkin", password="красный-дракон-7")


def test_a_login_is_for_pupils_slips_only(world: Class7B) -> None:
    parent = make_parent(world.child, joined=False)
    for invite in (world.link("pupil"), personal.create_personal_invite(by=world.homeroom, person=parent)):
        with pytest.raises(InviteRefused) as refusal:
            redemption.redeem_with_login(token=token_of(invite), login="petya.elkin", password="красный-дракон-7")
        assert refusal.value.code == "wrong_role"


def test_an_administrator_joins_by_the_directors_appointment(world: Class7B) -> None:
    director = user_of(settle(make_staff(world.school, StaffPosition.Kind.DIRECTOR)))
    teacher = make_staff(world.school, joined=False)
    order: dict[str, Any] = {"order_number": "12-од", "order_date": timezone.localdate()}
    invite = personal.create_administrator_invite(by=director, person=teacher, **order)
    user = make_user()
    use(invite, user)
    position = teacher.positions.active().get(kind=StaffPosition.Kind.ADDITIONAL_ADMINISTRATOR)
    assert position.order_number == "12-од"
    assert user.has_perm("school.manage_people", world.school)


def test_the_invite_of_an_administrator_is_no_way_around_the_second_one(world: Class7B) -> None:
    director = user_of(settle(make_staff(world.school, StaffPosition.Kind.DIRECTOR)))
    teacher = make_staff(world.school, joined=False)
    order: dict[str, Any] = {"order_number": "12-од", "order_date": timezone.localdate()}
    invite = personal.create_administrator_invite(by=world.administrator, person=teacher, **order)
    user = make_user()
    use(invite, user)
    assert user.has_perm("school.view_staff", world.school)  # the teacher that he is
    assert not user.has_perm("school.manage_people", world.school)
    approve_act(by=director, act=PendingAct.objects.waiting().get(school=world.school))
    position = teacher.positions.active().get(kind=StaffPosition.Kind.ADDITIONAL_ADMINISTRATOR)
    assert position.order_number == "12-од"
    assert fresh(user).has_perm("school.manage_people", world.school)


def test_the_invite_of_a_dismissed_appointer_is_void(world: Class7B) -> None:
    teacher = make_staff(world.school, joined=False)
    order: dict[str, Any] = {"order_number": "12-од", "order_date": timezone.localdate()}
    invite = personal.create_administrator_invite(by=world.administrator, person=teacher, **order)
    world.administrator.groups.clear()
    assert refused(invite, make_user()).code == "annulled"


# --- staff ------------------------------------------------------------------------------------------------------------


def test_staff_wait_for_the_administrator(world: Class7B) -> None:
    user = make_user()
    result = use(world.link("teacher"), user, Answers("Орлова", "Инна", title="учитель физики"))
    assert result.outcome == "requested"
    assert not user.groups.exists()


def test_a_link_of_the_staff_never_lets_in_without_a_look(world: Class7B) -> None:
    invite = world.link("employee", needs_approval=False)
    assert use(invite, answers=Answers("Орлова", "Инна")).outcome == "requested"


# --- places -----------------------------------------------------------------------------------------------------------


def test_the_last_place_is_the_last(world: Class7B) -> None:
    other = make_pupil(world.school_class, joined=False, last_name="Сосна", first_name="Яна")
    invite = world.link(max_uses=1)
    use(invite, answers=mother())
    late = make_user()
    assert refused(invite, late, mother("Сосна", "Яна")).code == "used_up"
    assert not is_parent(late, other)


def test_an_invite_that_ends_between_the_page_and_the_post_lets_nobody_in(
    world: Class7B, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even between the check and the last write of one transaction."""
    invite, parent = world.link(), make_user()
    real = redemption._join

    def slow(*args: Any) -> Person:
        Invite.objects.filter(pk=invite.pk).update(annulled_at=timezone.now(), annulled_by=world.homeroom)
        return real(*args)

    monkeypatch.setattr(redemption, "_join", slow)
    assert refused(invite, parent, mother()).code == "annulled"
    assert not Person.objects.filter(user=parent).exists()


def test_joining_costs_the_same_in_a_class_of_three_and_of_thirty(world: Class7B) -> None:
    invite = world.link()

    def cost() -> int:
        user = make_user()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            use(invite, user, mother("Сосна", f"Яна{'а' * cost.calls}"))  # type: ignore[attr-defined]
        return len(queries)

    cost.calls = 1  # type: ignore[attr-defined]
    make_pupil(world.school_class, joined=False, last_name="Сосна", first_name="Янаа")
    few = cost()
    for number in range(2, 30):
        make_pupil(world.school_class, joined=False, last_name="Сосна", first_name=f"Яна{'а' * number}")
    cost.calls = 20  # type: ignore[attr-defined]
    assert cost() == few
    assert few <= 40


def test_another_school_cannot_be_reached_by_a_link(world: Class7B) -> None:
    foreign = make_school()
    parent = make_user()
    use(world.link(), parent, mother())
    assert not Person.objects.filter(school=foreign, user=parent).exists()
    assert verification  # the status «учитель» is not touched by joining as a parent
