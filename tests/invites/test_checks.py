"""One check for the page, the POST and the API: every refusal has its code and its Russian text."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import User
from invites.answers import Answers
from invites.checks import refusal_of
from invites.models import Invite, InviteUse
from invites.refusals import TEXTS, InviteRefused
from invites.services import issuing, personal
from tests.factories import make_class, make_parent, make_pupil, make_school, make_staff, make_user, user_of
from tests.invites.worlds import Class7B, ask, make_7b, mother, use

pytestmark = pytest.mark.django_db

Case = tuple[Invite, User | None, Answers | None]


def born(years: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=years * 366)


def _expired(world: Class7B) -> Case:
    invite = world.link()
    Invite.objects.filter(pk=invite.pk).update(
        created_at=timezone.now() - dt.timedelta(days=15), expires_at=timezone.now() - dt.timedelta(seconds=1)
    )
    return invite, None, None


def _annulled(world: Class7B) -> Case:
    invite = world.link()
    issuing.annul_invites(by=world.homeroom, invites=[invite])
    return invite, None, None


def _used_up(world: Class7B) -> Case:
    invite = world.link(max_uses=1)
    use(invite, answers=mother())
    return invite, None, None


def _claimed_otherwise(world: Class7B) -> Case:
    parent = make_parent(world.child, joined=False)
    invite = personal.create_personal_invite(by=world.homeroom, person=parent)
    parent.user, parent.joined_at = make_user(), timezone.now()
    parent.save()
    return invite, None, None


def _pupil_at_a_parents_link(world: Class7B) -> Case:
    return world.link(), user_of(make_pupil(world.school_class)), None


def _pupil_of_another_school_at_a_parents_link(world: Class7B) -> Case:
    return world.link(), user_of(make_pupil(make_class(make_school()))), None


def _pupil_at_the_staffs_link(world: Class7B) -> Case:
    return world.link("teacher"), user_of(make_pupil(world.school_class)), None


def _parent_at_a_pupils_link(world: Class7B) -> Case:
    return world.link("pupil"), user_of(make_parent(make_pupil(world.school_class))), None


def _teacher_at_a_pupils_slip(world: Class7B) -> Case:
    return personal.create_personal_invite(by=world.homeroom, person=world.child), world.homeroom, None


def _fathers_slip_in_mothers_hands(world: Class7B) -> Case:
    father = make_parent(world.child, joined=False, kind="father")
    other = make_parent(world.child)
    return personal.create_personal_invite(by=world.homeroom, person=father), user_of(other), None


def _pupil_of_another_school(world: Class7B) -> Case:
    return world.link("pupil"), user_of(make_pupil(make_class(make_school()))), None


def _pupil_of_another_class(world: Class7B) -> Case:
    return world.link("pupil"), user_of(make_pupil(make_class(world.school, "7А"))), None


def _parent_inside(world: Class7B) -> Case:
    return world.link(), user_of(make_parent(world.child)), None


def _parent_names_his_own_child(world: Class7B) -> Case:
    return world.link(), user_of(make_parent(world.child)), mother()


def _pupil_inside(world: Class7B) -> Case:
    return world.link("pupil"), user_of(make_pupil(world.school_class)), None


def _teacher_inside(world: Class7B) -> Case:
    return world.link("teacher"), user_of(make_staff(world.school)), None


def _waiting(world: Class7B) -> Case:
    request = ask(world)
    return world.link(), request.user, mother()


def _young(world: Class7B) -> Case:
    return world.link("pupil"), make_user(), Answers("Ёлкин", "Пётр", birth_date=born(13))


CASES: dict[str, list[Callable[[Class7B], Case]]] = {
    "expired": [_expired],
    "annulled": [_annulled],
    "used_up": [_used_up, _claimed_otherwise],
    "wrong_role": [
        *(_pupil_at_a_parents_link, _pupil_of_another_school_at_a_parents_link, _pupil_at_the_staffs_link),
        *(_parent_at_a_pupils_link, _teacher_at_a_pupils_slip),
    ],
    "another_person": [_fathers_slip_in_mothers_hands],
    "another_school": [_pupil_of_another_school],
    "wrong_class": [_pupil_of_another_class],
    "already_member": [_parent_inside, _parent_names_his_own_child, _pupil_inside, _teacher_inside],
    "waiting_for_approval": [_waiting],
    "under_age": [_young],
}


@pytest.mark.parametrize(
    ("code", "case"),
    [(code, case) for code, cases in CASES.items() for case in cases],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_each_reason_has_its_code_and_the_post_gives_the_same(code: str, case: Callable[[Class7B], Case]) -> None:
    invite, user, answers = case(make_7b())
    invite.refresh_from_db()
    refusal = refusal_of(invite, user, answers)
    assert refusal
    assert refusal.code == code
    with pytest.raises(InviteRefused) as raised:
        use(invite, user, answers or mother())
    assert raised.value.code == code
    logged = InviteUse.objects.filter(invite=invite, outcome="refused")
    assert [row.code for row in logged] == [code]


def test_an_unknown_token_is_refused() -> None:
    refusal = refusal_of(None, None)
    assert refusal
    assert refusal.code == "unknown"


def test_every_refusal_speaks_russian_and_differs_from_the_others() -> None:
    said = [str(text) for text in TEXTS.values()]
    assert len(set(said)) == len(said)
    assert all(any("а" <= letter <= "я" for letter in text) for text in said)


def test_a_good_link_is_good_for_a_guest_a_stranger_and_a_teacher_who_is_a_parent() -> None:
    world = make_7b()
    invite = world.link()
    assert all(refusal_of(invite, user) is None for user in (None, make_user(), world.homeroom))


def test_a_parent_of_twins_may_name_the_other_one() -> None:
    world = make_7b()
    make_pupil(world.school_class, joined=False, last_name="Ёлкин", first_name="Павел")
    invite, parent = world.link(), user_of(make_parent(world.child))
    refusal = refusal_of(invite, parent)
    assert refusal
    assert refusal.code == "already_member"
    assert refusal_of(invite, parent, mother(child_first_name="Павел")) is None


def test_a_child_of_fourteen_uses_the_link_of_the_class() -> None:
    invite = make_7b().link("pupil")
    assert refusal_of(invite, make_user(), Answers("Ёлкин", "Пётр", birth_date=born(15))) is None


def test_a_personal_slip_does_not_ask_for_the_age() -> None:
    world = make_7b()
    invite = personal.create_personal_invite(by=world.homeroom, person=world.child)
    assert refusal_of(invite, make_user(), Answers(birth_date=born(7))) is None
