import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from invites.models import Invite, InviteRole
from invites.ranks import AboveOwnRole, may_share
from invites.services import issuing, personal, slips
from school.errors import Refusal
from school.models import Event, EventKind, StaffPosition
from school.regulation import Role
from school.rights import RightDenied
from school.services import structure
from school.services.rights import set_right
from tests.factories import fresh, make_class, make_parent, make_pupil, make_school, make_staff, user_of
from tests.invites.worlds import Class7B, make_7b

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Class7B:
    return make_7b()


@pytest.mark.parametrize(
    ("role", "days", "approval"),
    [("pupil", 14, False), ("parent", 14, False), ("teacher", 7, True), ("employee", 7, True), ("deputy", 7, True)],
)
def test_each_role_has_its_own_term(world: Class7B, role: str, days: int, approval: bool) -> None:
    invite = world.link(role)
    assert abs(invite.expires_at - timezone.now() - dt.timedelta(days=days)) < dt.timedelta(minutes=1)
    assert invite.needs_approval is approval
    assert invite.max_uses is None


def test_term_cap_and_approval_can_be_set(world: Class7B) -> None:
    moment = timezone.now() + dt.timedelta(days=3)
    invite = world.link("parent", expires_at=moment, max_uses=30, needs_approval=True, note="  для   собрания ")
    assert (invite.expires_at, invite.max_uses, invite.needs_approval, invite.note) == (
        *(moment, 30, True),
        "для собрания",
    )


def test_creation_is_logged_with_its_terms(world: Class7B) -> None:
    invite = world.link("parent", max_uses=30)
    event = Event.objects.get(kind=EventKind.INVITE_CREATED, subject_id=invite.pk)
    assert event.actor == world.homeroom
    assert event.subject_name == "7Б · родитель"
    assert event.new["max_uses"] == 30


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"role": "administrator"}, "personal_only"),
        ({"role": "director"}, "personal_only"),
        ({"role": "king"}, "no_such_role"),
        ({"role": "parent", "school_class": None}, "class_needed"),
        ({"expires_at": timezone.now() - dt.timedelta(days=1)}, "bad_term"),
        ({"expires_at": timezone.now() + dt.timedelta(days=400)}, "bad_term"),
        ({"max_uses": 0}, "bad_places"),
    ],
)
def test_what_makes_no_sense_is_refused(world: Class7B, terms: dict[str, Any], code: str) -> None:
    given = {"role": "parent", "school_class": world.school_class, **terms}
    with pytest.raises(Refusal) as refusal:
        issuing.create_invite(by=world.administrator, school=world.school, **given)
    assert refusal.value.code == code
    assert not Invite.objects.exists()


def test_a_class_of_the_archive_or_of_another_school_is_refused(world: Class7B) -> None:
    old, foreign = make_class(world.school, "5А"), make_class(make_school(), "7Б")
    structure.archive_class(by=world.administrator, school_class=old)
    for school_class, code in [(old, "class_archived"), (foreign, "another_school")]:
        with pytest.raises(Refusal) as refusal:
            issuing.create_invite(by=world.administrator, school=world.school, role="parent", school_class=school_class)
        assert refusal.value.code == code


def test_the_homeroom_teacher_invites_to_his_class_only(world: Class7B) -> None:
    other = make_class(world.school, "7А")
    for role in ("pupil", "parent"):
        with pytest.raises(RightDenied):
            issuing.create_invite(by=world.homeroom, school=world.school, role=role, school_class=other)
    with pytest.raises(RightDenied):
        issuing.create_invite(by=world.homeroom, school=world.school, role="teacher")


def test_parents_and_pupils_invite_nobody(world: Class7B) -> None:
    parent = user_of(make_parent(world.child))
    with pytest.raises(RightDenied) as denied:
        issuing.create_invite(by=parent, school=world.school, role="parent", school_class=world.school_class)
    assert denied.value.explanation.label == "Приглашать родителей"


def test_nobody_invites_or_annuls_above_his_own_role(world: Class7B) -> None:
    """A school that lets its teachers invite the staff does not let them invite a deputy or annul his invite."""
    teacher = make_staff(world.school)
    for codename in ("invite_staff", "annul_invites"):
        set_right(by=world.administrator, school=world.school, role=Role.TEACHER, codename=codename, allowed=True)
    by = user_of(teacher)
    assert issuing.create_invite(by=by, school=world.school, role="employee")
    with pytest.raises(AboveOwnRole):
        issuing.create_invite(by=by, school=world.school, role="deputy")
    above = world.link("deputy")
    with pytest.raises(AboveOwnRole):
        issuing.annul_invites(by=fresh(by), invites=[above, world.link("parent")])
    assert not Invite.objects.filter(annulled_at__isnull=False).exists()


# --- personal ---------------------------------------------------------------------------------------------------------


def test_a_personal_invite_is_for_one_and_is_given_again_while_it_is_good(world: Class7B) -> None:
    invite = personal.create_personal_invite(by=world.homeroom, person=world.child)
    assert (invite.role, invite.max_uses, invite.school_class) == (InviteRole.PUPIL, 1, world.school_class)
    assert personal.create_personal_invite(by=world.homeroom, person=world.child) == invite


def test_slips_for_the_class_skip_those_who_have_joined_and_keep_good_ones(world: Class7B) -> None:
    make_pupil(world.school_class)
    absent = [world.child, *(make_pupil(world.school_class, joined=False) for _number in range(2))]
    first = personal.create_personal_invite(by=world.homeroom, person=absent[1])
    made = slips.create_personal_invites(by=world.homeroom, school_class=world.school_class, role="pupil")
    assert {invite.person for invite in made} == set(absent)
    assert first in made
    again = slips.create_personal_invites(by=world.homeroom, school_class=world.school_class, role="pupil")
    assert again == made


def test_slips_for_parents_come_once_for_two_children(world: Class7B) -> None:
    sister = make_pupil(world.school_class, joined=False)
    parent = make_parent(world.child, sister, joined=False)
    made = slips.create_personal_invites(by=world.homeroom, school_class=world.school_class, role="parent")
    assert [invite.person for invite in made] == [parent]


@pytest.mark.parametrize("count", [3, 30])
def test_slips_cost_the_same_for_three_and_thirty(
    world: Class7B, count: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(count):
        make_pupil(world.school_class, joined=False)
    with django_assert_max_num_queries(10):
        slips.create_personal_invites(by=fresh(world.homeroom), school_class=world.school_class, role="pupil")


def test_who_has_joined_or_left_gets_no_slip(world: Class7B) -> None:
    joined = make_pupil(world.school_class)
    with pytest.raises(Refusal) as refusal:
        personal.create_personal_invite(by=world.homeroom, person=joined)
    assert refusal.value.code == "already_joined"


def test_an_administrator_is_invited_by_an_order_personally_for_72_hours(world: Class7B) -> None:
    teacher = make_staff(world.school, joined=False)
    order: dict[str, Any] = {"order_number": "12-од", "order_date": timezone.localdate()}
    invite = personal.create_administrator_invite(by=world.administrator, person=teacher, **order)
    assert invite.max_uses == 1
    assert abs(invite.expires_at - timezone.now() - dt.timedelta(hours=72)) < dt.timedelta(minutes=1)
    with pytest.raises(RightDenied):
        personal.create_administrator_invite(by=world.homeroom, person=teacher, **order)
    with pytest.raises(Refusal) as refusal:
        personal.create_administrator_invite(by=world.administrator, person=teacher, order_number=" ", order_date=None)
    assert refusal.value.code == "order_needed"


def test_only_a_confirmed_teacher_is_invited_to_be_administrator(world: Class7B) -> None:
    order: dict[str, Any] = {"order_number": "12-од", "order_date": timezone.localdate()}
    unconfirmed = make_staff(world.school, joined=False, verified=False)
    employee = make_staff(world.school, StaffPosition.Kind.EMPLOYEE, joined=False)
    for person in (unconfirmed, employee):
        with pytest.raises(Refusal) as refusal:
            personal.create_administrator_invite(by=world.administrator, person=person, **order)
        assert refusal.value.code == "not_eligible"


def test_a_parent_makes_a_slip_for_his_own_child_only(world: Class7B) -> None:
    parent, stranger = user_of(make_parent(world.child)), make_pupil(world.school_class, joined=False)
    invite = personal.create_child_invite(by=parent, pupil=world.child)
    assert invite.person == world.child
    assert may_share(parent, invite)
    assert list(Invite.objects.visible_to(parent)) == [invite]
    with pytest.raises(RightDenied):
        personal.create_child_invite(by=parent, pupil=stranger)


# --- annulment --------------------------------------------------------------------------------------------------------


def test_annulling_one_and_many_is_logged_and_harmless_twice(world: Class7B) -> None:
    invites = [world.link("parent"), world.link("pupil")]
    assert issuing.annul_invites(by=world.homeroom, invites=invites, reason=" утекла  в сеть ") == 2
    assert issuing.annul_invites(by=world.homeroom, invites=invites) == 0
    invites[0].refresh_from_db()
    assert (invites[0].annulled_by, invites[0].annul_reason) == (world.homeroom, "утекла в сеть")
    assert invites[0].state == "annulled"
    assert Event.objects.filter(kind=EventKind.INVITE_ANNULLED).count() == 2


def test_a_stranger_annuls_nothing(world: Class7B) -> None:
    other = make_7b()
    invite = world.link()
    with pytest.raises(RightDenied):
        issuing.annul_invites(by=other.homeroom, invites=[invite])
    assert invite not in Invite.objects.visible_to(other.administrator)
    invite.refresh_from_db()
    assert invite.annulled_at is None


# --- the database refuses what must not be ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        {"uses": 3, "max_uses": 2},
        {"max_uses": 0},
        {"school_class": None},
        {"role": "administrator"},
        {"role": "director"},
        {"expires_at": timezone.now() - dt.timedelta(days=9)},
    ],
)
def test_impossible_invites_do_not_exist(world: Class7B, broken: dict[str, Any]) -> None:
    invite = world.link()
    with pytest.raises(IntegrityError), transaction.atomic():
        Invite.objects.filter(pk=invite.pk).update(**broken)


def test_a_personal_invite_has_one_place(world: Class7B) -> None:
    invite = personal.create_personal_invite(by=world.homeroom, person=world.child)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invite.objects.filter(pk=invite.pk).update(max_uses=2)
