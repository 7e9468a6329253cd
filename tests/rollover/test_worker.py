"""A new year undone and done again; what a broken or killed worker leaves behind: nothing."""

import datetime as dt

import pytest
from django.utils import timezone

from school import progress, undo
from school.drift import check_rights
from school.models import Act, Event, EventKind, Movement, Rollover, School
from school.services import people, rollover_apply, rollover_begin, structure
from school.services.rollover_facts import NewYear
from school.tasks import apply_rollovers
from tests import factories as f
from tests.rollover.test_applying import ORDER, taught
from tests.rollover.years import Fate, carry_out, decide, differences, lead, make_plan, new_year, tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return f.make_school()


# --- undone, and done again -------------------------------------------------------------------------------------------


def test_undone_to_the_last_row_and_done_again(school: School) -> None:
    """All exceptions, a merger, another homeroom teacher, no subjects: table by table as before, twice."""
    classes = {name: f.make_class(school, name) for name in ("1А", "5А", "6А", "9А", "9Б", "11А")}
    for school_class in classes.values():
        teacher = f.make_homeroom(school_class)
        f.make_teaching(school_class, person=teacher)
        f.make_parent(*(f.make_pupil(school_class) for _ in range(2)))
    new = f.make_staff(school)
    who = [f.make_pupil(classes["6А"]) for _ in range(5)]
    before = tables()
    plan = make_plan(school, **ORDER)
    lead(plan, classes["5А"], "6А", new)
    lead(plan, classes["9Б"], "10А", None)
    decide(plan, who[0], Fate.REPEATS, "6А")
    decide(plan, who[1], Fate.LEAVES)
    decide(plan, who[2], Fate.GRADUATES)
    decide(plan, who[3], Fate.OTHER_CLASS, "10А")
    for _ in range(2):
        act = carry_out(plan).act
        assert act
        assert tables() != before
        assert not check_rights(school)
        undo.undo(by=f.administrator_of(school), act=act)
        assert not check_rights(school)
        assert differences(before, tables()) == {}
        plan = make_plan(school)
    assert Event.objects.filter(kind=EventKind.ROLLOVER_UNDONE).count() == 2


def test_a_plan_of_the_next_year_goes_with_what_is_undone(school: School) -> None:
    f.make_class(school, "6А")
    act = new_year(school)
    Act.objects.update(done_at=timezone.now() - dt.timedelta(days=13))
    year = school.current_year
    ends = {"starts_on": year.ends_on, "ends_on": year.ends_on + dt.timedelta(days=300)}
    Rollover.objects.create(school=school, from_year=year, made_by=f.administrator_of(school), **ends)
    undo.undo(by=f.administrator_of(school), act=act)
    assert Rollover.objects.get().state == Rollover.State.UNDONE


def test_who_was_enrolled_since_stands_in_the_way(school: School) -> None:
    f.make_class(school, "6А")
    act = new_year(school)
    newcomer = f.make_pupil(school.classes.taught().get(), last_name="Ёлкин")
    with pytest.raises(undo.UndoRefused):
        undo.undo(by=f.administrator_of(school), act=act)
    people.remove_person(by=f.administrator_of(school), person=newcomer)
    assert Rollover.objects.get().state == Rollover.State.APPLIED


# --- the worker -------------------------------------------------------------------------------------------------------


def begun(school: School) -> Rollover:
    plan = make_plan(school)
    rollover_begin.begin_rollover(by=f.administrator_of(school), rollover=plan)
    plan.refresh_from_db()
    return plan


def test_the_sweep_finds_what_was_begun_and_does_it_once(school: School) -> None:
    f.make_pupil(f.make_class(school, "6А"))
    begun(school)
    assert [apply_rollovers(), apply_rollovers()] == [1, 0]
    assert taught(school) == ["7А"]
    assert Act.objects.count() == 1
    assert not rollover_apply.carry_out(Rollover.objects.get().pk)


def test_the_worker_is_woken_when_the_plan_is_begun(
    school: School, django_capture_on_commit_callbacks, eager_tasks: None
) -> None:
    f.make_class(school, "6А")
    with django_capture_on_commit_callbacks(execute=True):
        begun(school)
    assert Rollover.objects.get().state == Rollover.State.APPLIED


@pytest.mark.parametrize("step", ["make_classes", "move_pupils", "write_journal"])
def test_what_breaks_in_the_middle_leaves_nothing_and_can_be_begun_again(
    school: School, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    f.make_parent(f.make_pupil(f.make_class(school, "6А")))
    plan, before, events = begun(school), tables(), Event.objects.count()

    def break_down(year: NewYear) -> None:
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(NewYear, step, break_down)
        assert apply_rollovers() == 0
    plan.refresh_from_db()
    assert plan.state == Rollover.State.FAILED
    assert plan.reason
    assert differences(before, tables()) == {}
    assert (Event.objects.count(), Movement.objects.exists(), Act.objects.exists()) == (events, False, False)
    assert carry_out(plan).state == Rollover.State.APPLIED
    assert plan.reason == ""


def test_a_killed_worker_leaves_the_row_and_the_next_sweep_does_it(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill is no exception that anybody could catch: nothing is written about it."""
    f.make_pupil(f.make_class(school, "6А"))
    plan, before = begun(school), tables()

    def die(year: NewYear) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(NewYear, "let_go", die)
        with pytest.raises(SystemExit):
            apply_rollovers()
    plan.refresh_from_db()
    assert plan.state == Rollover.State.APPLYING
    assert differences(before, tables()) == {}
    assert apply_rollovers() == 1


def test_whoever_lost_the_right_meanwhile_does_not_change_the_school(school: School) -> None:
    f.make_class(school, "6А")
    plan = begun(school)
    stranger = f.user_of(f.make_staff(school))
    Rollover.objects.update(applied_by=stranger)
    assert apply_rollovers() == 0
    plan.refresh_from_db()
    assert plan.state == Rollover.State.FAILED
    assert taught(school) == ["6А"]


def test_a_problem_that_came_up_meanwhile_stops_it(school: School) -> None:
    school_class = f.make_class(school, "6А")
    plan = begun(school)
    structure.archive_class(by=f.administrator_of(school), school_class=school_class)
    assert apply_rollovers() == 0
    plan.refresh_from_db()
    assert plan.state == Rollover.State.FAILED
    assert plan.reason


def test_progress_tells_of_what_is_done_and_of_this_attempt(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    f.make_pupil(f.make_class(school, "6А"))
    plan = begun(school)
    seen: list[int] = []
    journal_of = NewYear.write_journal

    def look(year: NewYear) -> None:
        seen.append(progress.heard(rollover_apply.progress_name(plan)))
        journal_of(year)
        raise RuntimeError

    assert progress.heard(rollover_apply.progress_name(plan)) == 0
    with monkeypatch.context() as patch:
        patch.setattr(NewYear, "write_journal", look)
        apply_rollovers()
    assert seen == [5]
    plan = carry_out(plan)
    assert progress.heard(rollover_apply.progress_name(plan)) == len(rollover_apply.STEPS)


def test_the_number_of_queries_does_not_grow_with_the_school(django_assert_num_queries) -> None:
    """Long INSERTs are cut on SQLite, which takes few parameters; nothing else grows."""

    def cost(classes: str, pupils_of_each: int) -> int:
        school = f.make_school()
        structure.create_classes(by=f.administrator_of(school), school=school, names=classes)
        for school_class in school.classes.taught():
            f.make_teaching(school_class, person=f.make_homeroom(school_class))
            for _ in range(pupils_of_each):
                f.make_parent(f.make_pupil(school_class))
        plan = begun(school)
        with django_assert_num_queries(150, exact=False) as queries:
            assert rollover_apply.carry_out(plan.pk)
        return len([query for query in queries if not query["sql"].startswith("INSERT")])

    few, many = cost("6А 11А", 1), cost("5А 5Б 6А 7А 11А", 4)
    assert few == many
