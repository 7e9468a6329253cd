"""Two administrators, two workers, a movement in the middle: on a database that really runs them at once."""

import threading
from functools import partial

import pytest
from django.db import connection, transaction

from school import progress
from school.drift import check_rights
from school.models import Act, PendingAct, Rollover, School
from school.services import acts, pupils, rollover, rollover_apply, rollover_begin
from school.services.movements import MANY_REMOVED
from school.services.rollover_facts import NewYear
from tests import factories as f
from tests.rollover.years import class_of, fill, make_plan
from tests.school.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch) -> School:
    """Nobody wakes a worker: the tests are the workers."""
    monkeypatch.setattr(rollover_begin, "_wake_the_worker", lambda: None)
    school = f.make_school()
    f.make_parent(f.make_pupil(f.make_class(school, "6А")))
    f.make_class(school, "11А")
    return school


def begin(school: School) -> Rollover:
    plan = make_plan(school)
    rollover_begin.begin_rollover(by=f.administrator_of(school), rollover=plan)
    return plan


def test_two_administrators_make_one_plan(school: School) -> None:
    admin = f.administrator_of(school)
    start = partial(rollover.start_rollover, school=school)
    outcomes = at_once(*(partial(start, by=f.fresh(admin)) for _ in range(2)))
    assert outcomes == ["done", "plan_exists"]
    assert Rollover.objects.count() == 1


def test_two_administrators_begin_it_once(school: School) -> None:
    admin, plan = f.administrator_of(school), make_plan(school)
    begin = partial(rollover_begin.begin_rollover, rollover=plan)
    assert at_once(*(partial(begin, by=f.fresh(admin)) for _ in range(2))) == ["done", "plan_closed"]
    assert rollover_apply.carry_out_due() == 1


def test_two_workers_carry_it_out_once(school: School) -> None:
    plan = begin(school)
    done: list[bool] = []
    outcomes = at_once(*(lambda: done.append(rollover_apply.carry_out(plan.pk)) for _ in range(2)))
    assert outcomes == ["done", "done"]
    assert sorted(done) == [False, True]
    assert Act.objects.count() == 1
    assert not check_rights(school)


def test_a_worker_that_holds_the_plan_is_not_waited_for(school: School) -> None:
    plan = begin(school)
    seen: list[bool] = []

    def other_worker() -> None:
        try:
            seen.append(rollover_apply.carry_out(plan.pk))
        finally:
            connection.close()

    with transaction.atomic():
        Rollover.objects.select_for_update().get(pk=plan.pk)
        thread = threading.Thread(target=other_worker)
        thread.start()
        thread.join(20)
        assert seen == [False]
    assert rollover_apply.carry_out(plan.pk)


def test_a_pupil_moved_in_the_middle_is_moved_before_or_not_at_all(school: School) -> None:
    here, there = f.make_class(school, "5А"), f.make_class(school, "5Б")
    pupil, admin = f.make_pupil(here), f.administrator_of(school)
    plan = begin(school)
    outcomes = at_once(
        partial(rollover_apply.carry_out, plan.pk),
        partial(pupils.move_pupil, by=f.fresh(admin), person=pupil, to_class=there),
    )
    assert (outcomes, class_of(pupil)) in (
        (["done", "done"], "6Б"),
        (["done", "not_a_class_of_pupils"], "6А"),
    )
    plan.refresh_from_db()
    assert plan.state == Rollover.State.APPLIED
    assert not check_rights(school)


def test_others_see_the_old_year_and_the_progress_until_it_is_done(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = begin(school)
    plan.refresh_from_db()
    seen: list[tuple[list[str], str, int]] = []

    def look() -> None:
        names = [school_class.name for school_class in school.classes.taught()]
        state = Rollover.objects.get(pk=plan.pk).state
        seen.append((names, state, progress.heard(rollover_apply.progress_name(plan))))
        connection.close()

    journal = NewYear.write_journal

    def look_and_write(year: NewYear) -> None:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join(20)
        journal(year)

    monkeypatch.setattr(NewYear, "write_journal", look_and_write)
    assert rollover_apply.carry_out(plan.pk)
    assert seen == [(["6А", "11А"], Rollover.State.APPLYING, 5)]


# --- by two -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def graduates(school: School) -> School:
    """More than one administrator may remove."""
    fill(school.classes.taught().get(parallel=11), MANY_REMOVED + 1)
    return school


def test_it_is_put_before_a_second_administrator_once(graduates: School) -> None:
    plan, admin = make_plan(graduates), f.administrator_of(graduates)
    begin = partial(rollover_begin.begin_rollover, rollover=plan)
    assert at_once(*(partial(begin, by=f.fresh(admin)) for _ in range(3))) == ["done", "plan_waits", "plan_waits"]
    assert PendingAct.objects.count() == 1


def test_the_plan_is_thrown_away_before_it_is_proposed_or_not_at_all(graduates: School) -> None:
    for _ in range(3):
        plan, admin = make_plan(graduates), f.administrator_of(graduates)
        outcomes = at_once(
            partial(rollover_begin.begin_rollover, by=admin, rollover=plan),
            partial(rollover.discard_rollover, by=f.fresh(admin), rollover=plan),
        )
        waits = PendingAct.objects.waiting().exists()
        assert outcomes == (["done", "plan_waits"] if waits else ["done", "plan_closed"])
        assert Rollover.objects.exists() == waits
        PendingAct.objects.all().delete()
        Rollover.objects.all().delete()


def test_two_sweeps_and_a_cancellation_begin_it_once_or_not_at_all(graduates: School) -> None:
    admin = f.administrator_of(graduates)
    act = rollover_begin.begin_rollover(by=admin, rollover=make_plan(graduates))
    assert act
    due = partial(acts.carry_out_due, now=act.due_at)
    outcomes = at_once(due, due, partial(acts.cancel_act, by=f.fresh(admin), act=act))
    act.refresh_from_db()
    assert outcomes == ["done", "done", "done" if act.cancelled_at else "not_waiting"]
    assert rollover_apply.carry_out_due() == (0 if act.cancelled_at else 1)
    assert Act.objects.count() == (0 if act.cancelled_at else 1)
