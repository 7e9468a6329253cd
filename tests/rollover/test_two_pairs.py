"""A new year in which many leave the school is begun by two: proposed, approved or due, cancelled, refused (2.1)."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from school.drift import check_rights
from school.errors import Refusal
from school.models import Event, EventKind, PendingAct, Person, Rollover, School, SchoolClass
from school.models.rollover import NEW_YEAR
from school.services import acts, people, pupils, rollover, rollover_apply, rollover_begin
from school.services.movements import MANY_REMOVED
from tests import factories as f
from tests.rollover.years import Fate, change, decide, fill, make_plan, rename
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]
State = Rollover.State


@pytest.fixture
def school(world: World) -> School:
    """7А and 7Б with their people, and one more graduate than one administrator may remove."""
    fill(f.make_class(world.own.school, "11А"), MANY_REMOVED + 1)
    return world.own.school


@pytest.fixture
def last(school: School) -> SchoolClass:
    return school.classes.taught().get(parallel=11)


@pytest.fixture
def second(world: World) -> User:
    return f.user_of(world.people["additional_administrator"])


def propose(school: School, plan: Rollover | None = None) -> PendingAct:
    act = rollover_begin.begin_rollover(by=f.administrator_of(school), rollover=plan or make_plan(school))
    assert act
    return act


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def state(school: School) -> str:
    return str(Rollover.objects.get(school=school).state)


def gone(school: School) -> int:
    return Person.objects.filter(school=school, removed_at__isnull=False).count()


def test_as_many_as_one_may_remove_begin_at_once(school: School, last: SchoolClass) -> None:
    person = last.enrolments.active().first().person
    people.remove_person(by=f.administrator_of(school), person=person)
    plan = make_plan(school)
    assert rollover_begin.begin_rollover(by=f.administrator_of(school), rollover=plan) is None
    assert (state(school), PendingAct.objects.exists()) == (State.APPLYING, False)
    assert rollover_apply.carry_out_due() == 1


def test_more_are_put_before_a_second_administrator(school: School, second: User) -> None:
    act = propose(school, make_plan(school, order_number="84-О", order_date=dt.date(2026, 8, 27)))
    year = Rollover.objects.get().new_year
    assert act.summary == f"Новый учебный год {year}: выпускается 31 человек"
    assert (len(act.payload["names"]), act.payload["order_number"]) == (31, "84-О")
    assert (state(school), rollover_apply.carry_out_due(), gone(school)) == (State.DRAFT, 0, 0)
    acts.approve_act(by=second, act=act)
    plan = Rollover.objects.get()
    assert (plan.state, plan.applied_by) == (State.APPLYING, f.administrator_of(school))
    assert rollover_apply.carry_out_due() == 1
    assert (state(school), gone(school)) == (State.APPLIED, 31)
    logged = [EventKind.ACT_PROPOSED, EventKind.ACT_APPROVED, EventKind.YEAR_ROLLED_OVER]
    assert list(Event.objects.filter(kind__in=logged).order_by("pk").values_list("kind", flat=True)) == logged
    assert not check_rights(school)


def test_who_leaves_counts_like_who_graduates(school: School, world: World, last: SchoolClass) -> None:
    plan = make_plan(school)
    decide(plan, last.enrolments.active().first().person, Fate.LEAVES)
    act = propose(school, plan)
    assert act.summary.endswith(": выпускаются 30 человек, выбывает 1 человек")


def test_when_the_day_has_come_it_begins_by_itself_and_once(
    school: School, django_capture_on_commit_callbacks, eager_tasks: None
) -> None:
    act = propose(school)
    assert acts.carry_out_due(now=act.due_at - dt.timedelta(seconds=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert acts.carry_out_due(now=act.due_at) == 1
    assert (state(school), gone(school)) == (State.APPLIED, 31)  # the worker was woken
    assert acts.carry_out_due(now=act.due_at) == 0


def test_cancelled_it_is_a_draft_that_can_be_edited_and_proposed_again(school: School, second: User) -> None:
    act = propose(school)
    acts.cancel_act(by=second, act=act)
    assert state(school) == State.DRAFT
    plan = change(Rollover.objects.get(), order_number="12")
    acts.approve_act(by=second, act=propose(school, plan))
    assert (state(school), rollover_apply.carry_out_due()) == (State.APPLYING, 1)


def test_while_it_waits_it_is_neither_begun_again_nor_edited(school: School, world: World) -> None:
    plan, admin = make_plan(school), f.administrator_of(school)
    propose(school, plan)
    for act in (
        partial(rollover_begin.begin_rollover, by=admin, rollover=plan),
        partial(rollover.discard_rollover, by=admin, rollover=plan),
        partial(change, plan, order_number="1"),
        partial(rename, plan, **{"7А": "8Я"}),
        partial(decide, plan, world.own.pupil, Fate.LEAVES),
    ):
        assert refused(act) == "plan_waits"
    assert PendingAct.objects.count() == 1
    assert refused(partial(rollover.start_rollover, by=admin, school=school)) == "plan_exists"


def test_the_proposer_does_not_approve_and_one_without_the_right_does_not_begin(school: School, second: User) -> None:
    act = propose(school)
    assert refused(partial(acts.approve_act, by=f.administrator_of(school), act=act)) == "own_act"
    stranger = f.user_of(f.make_staff(school))
    PendingAct.objects.update(proposed_by=stranger)
    assert refused(partial(acts.approve_act, by=second, act=act)) == "proposer_denied"
    assert acts.carry_out_due(now=act.due_at) == 0
    act.refresh_from_db()
    assert act.failure
    assert state(school) == State.DRAFT


def test_who_came_into_a_last_class_meanwhile_does_not_leave_unseen(
    school: School, world: World, last: SchoolClass, second: User
) -> None:
    act = propose(school)
    pupils.move_pupil(by=f.administrator_of(school), person=world.own.pupil, to_class=last)
    assert refused(partial(acts.approve_act, by=second, act=act)) == "plan_changed"
    assert acts.carry_out_due(now=act.due_at) == 0
    assert Event.objects.filter(kind=EventKind.ACT_FAILED).count() == 1
    assert state(school) == State.DRAFT
    acts.approve_act(by=second, act=propose(school, Rollover.objects.get()))
    assert state(school) == State.APPLYING


def test_fewer_may_leave_than_were_proposed(school: School, last: SchoolClass, second: User) -> None:
    act = propose(school)
    people.remove_person(by=f.administrator_of(school), person=last.enrolments.active().first().person)
    acts.approve_act(by=second, act=act)
    assert rollover_apply.carry_out_due() == 1


def test_the_worker_lets_nobody_around_the_second_administrator(
    school: School, world: World, last: SchoolClass, second: User
) -> None:
    """A plan that few left when it was begun, and one whose approval was of other people."""
    plan = make_plan(school)
    some = [enrolment.person for enrolment in last.enrolments.active()[:2]]
    to = world.own.school_class
    for person in some:
        pupils.move_pupil(by=f.administrator_of(school), person=person, to_class=to)
    assert rollover_begin.begin_rollover(by=f.administrator_of(school), rollover=plan) is None
    for person in some:
        pupils.move_pupil(by=f.administrator_of(school), person=person, to_class=last)
    assert (rollover_apply.carry_out_due(), state(school), gone(school)) == (0, State.FAILED, 0)
    acts.approve_act(by=second, act=propose(school, plan))
    pupils.move_pupil(by=f.administrator_of(school), person=world.own.pupil, to_class=last)
    assert (rollover_apply.carry_out_due(), state(school), gone(school)) == (0, State.FAILED, 0)


def test_a_failed_year_is_approved_anew(school: School, second: User) -> None:
    """An approval is of one beginning; what failed after it is not begun by one alone."""
    acts.approve_act(by=second, act=propose(school))
    Rollover.objects.update(state=State.FAILED, reason="Диск переполнен.")
    assert propose(school, Rollover.objects.get()).kind == NEW_YEAR


# --- the pages --------------------------------------------------------------------------------------------------------


def url(school: School, name: str = "rollover", *args: Any) -> str:
    return reverse(f"school:{name}", args=[school.pk, *args])


def test_the_pages_say_that_it_waits_and_lead_to_where_it_is_approved(
    school: School, world: World, as_: As, second: User
) -> None:
    make_plan(school)
    admin = as_(f.administrator_of(school))
    page = admin.get(url(school, "rollover_changes")).content.decode()
    assert "Больше 30 человек" in page
    answer = admin.post(url(school, "begin_rollover"))
    assert answer.headers["Location"] == url(school, "acts")
    assert "Новый учебный год" in admin.get(url(school, "acts")).content.decode()
    page = admin.get(url(school)).content.decode()
    assert "План ждёт второго администратора" in page
    assert f'href="{url(school, "acts")}">Ждёт второго администратора' in page
    page = admin.get(url(school, "rollover_changes")).content.decode()
    assert "План ждёт второго администратора" in page
    assert url(school, "begin_rollover") not in page
    for name, args in (("edit_rollover", []), ("rollover_class", [world.own.school_class.pk])):
        assert admin.get(url(school, name, *args)).headers["Location"] == url(school)
    for name in ("begin_rollover", "discard_rollover"):
        assert "отмените" in admin.post(url(school, name), follow=True).content.decode()
    sent = {f"fate-{world.own.pupil.pk}": "leaves"}
    assert admin.post(url(school, "rollover_class", world.own.school_class.pk), sent).context["form"].errors
    act = PendingAct.objects.get()
    as_(second).post(url(school, "approve_act", act.pk))
    assert "hx-get" in as_(f.administrator_of(school)).get(url(school)).content.decode()
