"""Links of the old year let nobody in; slips are of people and stay good."""

from typing import Any

import pytest

from accounts.models import User
from invites.answers import Answers
from invites.models import Invite, InviteState, JoinRequest
from invites.refusals import InviteRefused
from invites.services import deciding, issuing
from invites.services.personal import create_personal_invite
from school import undo
from school.models import Event, EventKind, Person, SchoolClass
from school.services import structure
from tests import factories as f
from tests.invites.worlds import Class7B, ask, is_parent, make_7b, mother, use
from tests.rollover.years import Fate, carry_out, class_of, decide, differences, lead, make_plan, new_year, tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Class7B:
    world = make_7b()
    f.make_class(world.school, "11А")
    return world


def now(invite: Any) -> Any:
    return type(invite).objects.get(pk=invite.pk)


def refused(invite: Invite, answers: Answers | None = None, by: User | None = None) -> str:
    with pytest.raises(InviteRefused) as refusal:
        use(now(invite), by, answers)
    return refusal.value.code


def test_a_link_of_the_old_class_is_annulled(world: Class7B) -> None:
    links = [world.link("parent"), world.link("pupil", needs_approval=True)]
    staff = world.link("teacher")
    new_year(world.school)
    for link in links:
        assert now(link).state == InviteState.ANNULLED
        assert now(link).annulled_by == world.administrator
        assert refused(link, mother()) == "annulled"
        assert Event.objects.filter(kind=EventKind.INVITE_ANNULLED, subject_id=link.pk).exists()
    assert now(staff).state == InviteState.ACTIVE
    assert not JoinRequest.objects.exists()


def test_a_class_put_away_by_hand_is_closed_too(world: Class7B) -> None:
    empty = f.make_class(world.school, "3А")
    admin = world.administrator
    link = issuing.create_invite(by=admin, school=world.school, role="pupil", school_class=empty, needs_approval=True)
    structure.archive_class(by=admin, school_class=empty)
    assert now(link).state == InviteState.ACTIVE
    assert refused(link) == "annulled"


def test_a_slip_printed_in_august_opens_the_new_class(world: Class7B) -> None:
    parent = f.make_parent(world.child, joined=False, first_name="Анна")
    slips = [create_personal_invite(by=world.homeroom, person=person) for person in (world.child, parent)]
    new_year(world.school)
    new = SchoolClass.objects.get(parallel=8)
    for slip in slips:
        assert now(slip).school_class == new
        assert Invite.objects.visible_to(f.fresh(world.homeroom)).filter(pk=slip.pk).exists()
    user = f.make_user(name="")
    use(now(slips[0]), user)
    assert Person.objects.get(user=user) == world.child
    assert class_of(world.child) == "8Б"
    user = f.make_user(name="")
    use(now(slips[1]), user)
    assert is_parent(user, world.child)


def test_a_slip_of_who_leaves_is_annulled_and_of_who_repeats_goes_with_him(world: Class7B) -> None:
    repeats = f.make_pupil(world.school_class, joined=False)
    parents = [f.make_parent(child, joined=False) for child in (world.child, repeats)]
    slips = [create_personal_invite(by=world.homeroom, person=p) for p in (world.child, repeats, *parents)]
    plan = make_plan(world.school, first_classes="7Я")
    decide(plan, world.child, Fate.LEAVES)
    decide(plan, repeats, Fate.REPEATS, "7Я")
    carry_out(plan)
    assert [now(slip).state for slip in slips] == [
        *(InviteState.ANNULLED, InviteState.ACTIVE, InviteState.ANNULLED, InviteState.ACTIVE)
    ]
    assert {now(slips[1]).school_class.name, now(slips[3]).school_class.name} == {"7Я"}


def test_who_waits_is_let_into_the_new_class(world: Class7B) -> None:
    request = ask(world)
    new_year(world.school)
    assert now(request).school_class.name == "8Б"
    deciding.approve_request(by=f.fresh(world.homeroom), request=now(request))
    assert is_parent(request.user, world.child)


def test_who_waits_at_two_doors_that_become_one_waits_once(world: Class7B) -> None:
    other = f.make_class(world.school, "7А")
    f.make_pupil(other, last_name="Ёлкин", first_name="Пётр")
    user = f.make_user(name="")
    first = ask(world, by=user)
    admin = world.administrator
    link = issuing.create_invite(by=admin, school=world.school, role="parent", school_class=other, needs_approval=True)
    second = use(link, user, mother()).request
    plan = make_plan(world.school)
    lead(plan, other, "8Б", None)
    carry_out(plan)
    assert sorted(now(request).school_class.name for request in (first, second)) == ["7А", "8Б"]


def test_undone_links_and_requests_are_as_before(world: Class7B) -> None:
    parent = f.make_parent(world.child, joined=False)
    for person in (world.child, parent):
        create_personal_invite(by=world.homeroom, person=person)
    link = world.link("parent")
    ask(world)
    before = tables()
    act = new_year(world.school)
    assert now(link).state == InviteState.ANNULLED
    undo.undo(by=world.administrator, act=act)
    assert differences(before, tables()) == {}
    user = f.make_user(name="")
    use(now(link), user, mother())
    assert is_parent(user, world.child)


def test_links_of_the_new_class_that_nobody_used_go_with_it_and_used_ones_stand_in_the_way(world: Class7B) -> None:
    pupil = f.make_pupil(world.school_class)
    act = new_year(world.school)
    new, homeroom = SchoolClass.objects.get(parallel=8), f.fresh(world.homeroom)
    invite = {"by": homeroom, "school": world.school, "role": "parent", "school_class": new}
    link = issuing.create_invite(**invite)
    assert refused(link, by=f.user_of(pupil)) == "wrong_role"  # an attempt is in the log of its uses
    create_personal_invite(by=homeroom, person=world.child)
    undo.undo(by=world.administrator, act=act)
    assert not Invite.objects.filter(pk=link.pk).exists()
    again = carry_out(make_plan(world.school)).act
    assert again
    link = issuing.create_invite(
        **{**invite, "by": f.fresh(homeroom), "school_class": SchoolClass.objects.get(parallel=8)}
    )
    use(link, answers=mother())
    with pytest.raises(undo.UndoRefused):
        undo.undo(by=world.administrator, act=again)
