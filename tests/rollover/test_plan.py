"""The plan of a new year: what it says by itself, what may be written into it, what it warns of. It changes nothing."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from school import undo
from school.errors import Refusal
from school.models import AcademicYear, Act, Event, Movement, Rollover, School, SchoolClass
from school.regulation import Role
from school.rights import RightDenied
from school.rollover_plan import ClassName
from school.rollover_reading import read_plan
from school.services import people, pupils, rollover, rollover_begin, staff, structure
from school.services.rights import set_right
from school.services.rollover import ClassEdit, Decision
from tests import factories as f
from tests.rollover.years import Fate, carry_out, change, decide, lead, make_plan, new_year, rename, tables
from tests.world import make_additional_administrator

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return f.make_school()


def make_classes(school: School, names: str) -> None:
    structure.create_classes(by=f.administrator_of(school), school=school, names=names)


def says(plan: Rollover) -> dict[str, str]:
    return {line.old.name: str(line.to or "") for line in read_plan(plan).lines}


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ("1А 4Б 9А 10А 11А", {"1А": "2А", "4Б": "5Б", "9А": "10А", "10А": "11А", "11А": ""}),
        ("8А 9А 9Б", {"8А": "9А", "9А": "", "9Б": ""}),
        ("3А 4А", {"3А": "4А", "4А": ""}),
        ("9А 11А 12А", {"9А": "10А", "11А": "12А", "12А": ""}),
        ("9А 10 Физмат", {"9А": "10А", "10 Физмат": "11 Физмат"}),
        ("7А", {"7А": "8А"}),
    ],
)
def test_by_default_every_class_goes_up_and_the_last_graduates(
    school: School, classes: str, expected: dict[str, str]
) -> None:
    make_classes(school, classes)
    assert says(make_plan(school)) == expected


def test_the_year_after_this_one_begins_with_the_same_first_classes(school: School) -> None:
    make_classes(school, "1А 1Б 2А")
    plan, year = make_plan(school), school.current_year
    assert (plan.starts_on, plan.ends_on) == (dt.date(year.ends_on.year, 9, 1), dt.date(year.ends_on.year + 1, 8, 31))
    assert plan.first_classes == "1А, 1Б"
    assert [str(target.name) for target in read_plan(plan).targets.values()] == ["1А", "1Б", "2А", "2Б", "3А"]


def test_a_known_successor_is_where_the_class_goes(school: School) -> None:
    make_classes(school, "6А 7В")
    SchoolClass.objects.filter(letter="А").update(successor=SchoolClass.objects.get(letter="В"))
    assert says(make_plan(school)) == {"6А": "7В", "7В": "8В"}


def test_a_plan_changes_nothing(school: School) -> None:
    pupil = f.make_pupil(f.make_class(school, "7А"))
    before, events = tables(), Event.objects.count()
    plan = make_plan(school, chats=Rollover.Chats.CARRY_ON, first_classes="1А; 1«Б»")
    decide(plan, pupil, Fate.LEAVES, place="Школа № 5")
    rename(plan, **{"7А": "8Б"})
    assert plan.first_classes == "1А, 1Б"
    assert (tables(), Event.objects.count()) == (before, events)
    rollover.discard_rollover(by=f.administrator_of(school), rollover=plan)
    assert not Rollover.objects.exists()
    assert tables() == before


def test_one_plan_at_a_time(school: School) -> None:
    make_plan(school)
    with pytest.raises(Refusal) as refused:
        make_plan(school)
    assert refused.value.code == "plan_exists"
    plan = Rollover.objects.get()
    plan.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        plan.save(force_insert=True)
    make_plan(f.make_school())


def test_no_second_new_year_while_the_first_can_be_undone(school: School) -> None:
    make_classes(school, "7А")
    new_year(school)
    with pytest.raises(Refusal) as refused:
        make_plan(school)
    assert refused.value.code == "year_just_begun"
    Act.objects.update(done_at=timezone.now() - dt.timedelta(days=14))
    assert says(make_plan(school)) == {"8А": "9А"}


def test_both_rights_are_needed(school: School) -> None:
    make_classes(school, "7А")
    plan = make_plan(school)
    for who in (f.make_staff(school, "director"), f.make_staff(school)):
        user = f.user_of(who)
        for act in (
            lambda by: rollover.start_rollover(by=by, school=school),
            lambda by: rollover.edit_rollover(by=by, rollover=plan),
            lambda by: rollover.edit_classes(by=by, rollover=plan, edits={}),
            lambda by: rollover.decide_pupils(by=by, rollover=plan, school_class=None, decisions={}),
            lambda by: rollover.discard_rollover(by=by, rollover=plan),
            lambda by: rollover_begin.begin_rollover(by=by, rollover=plan),
        ):
            with pytest.raises(RightDenied):
                act(user)
        assert not Rollover.objects.visible_to(user).exists()
    assert Rollover.objects.visible_to(f.administrator_of(school)).get() == plan


def test_what_is_carried_out_or_thrown_away_is_not_edited(school: School) -> None:
    make_classes(school, "7А")
    admin, plan = f.administrator_of(school), make_plan(school)
    rollover_begin.begin_rollover(by=admin, rollover=plan)
    for act in (
        lambda: change(plan, chats="carry_on"),
        lambda: rename(plan, **{"7А": ""}),
        lambda: rollover.discard_rollover(by=admin, rollover=plan),
        lambda: rollover_begin.begin_rollover(by=admin, rollover=plan),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "plan_closed"


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"first_classes": "1А, чепуха"}, "first_classes"),
        ({"ends_on": dt.date(2000, 1, 1)}, "ends_on"),
    ],
)
def test_settings_that_cannot_be(school: School, settings: dict[str, object], field: str) -> None:
    plan = make_plan(school)
    with pytest.raises(Refusal) as refused:
        change(plan, **settings)
    assert refused.value.field == field


def test_a_name_that_is_no_class_is_refused_beside_its_line(school: School) -> None:
    make_classes(school, "7А")
    plan, school_class = make_plan(school), SchoolClass.objects.get(letter="А")
    with pytest.raises(Refusal) as refused:
        rename(plan, **{"7А": "13Ы?"})
    assert refused.value.field == f"class-{school_class.pk}"
    foreign = f.make_class(f.make_school(), "7А")
    with pytest.raises(Refusal):
        rollover.edit_classes(by=f.administrator_of(school), rollover=plan, edits={foreign: ClassEdit("8А")})


def test_decisions_that_cannot_be(school: School) -> None:
    here, last = f.make_class(school, "6А"), f.make_class(school, "11А")
    pupil, graduate, stranger = f.make_pupil(here), f.make_pupil(last), f.make_pupil(f.make_class(school, "6Б"))
    plan, by = make_plan(school), f.administrator_of(school)

    def code(of: SchoolClass, person: int, decision: Decision) -> str:
        with pytest.raises(Refusal) as refused:
            rollover.decide_pupils(by=by, rollover=plan, school_class=of, decisions={person: decision})
        return refused.value.code

    assert code(here, stranger.pk, Decision(Fate.LEAVES)) == "not_in_class"
    assert code(here, pupil.pk, Decision(Fate.OTHER_CLASS, ClassName(7, "Ъ"))) == "no_such_class"
    assert code(here, pupil.pk, Decision(Fate.REPEATS)) == "no_such_class"
    assert code(last, graduate.pk, Decision(Fate.CONDITIONAL)) == "class_graduates"


def test_a_decision_is_taken_back(school: School) -> None:
    school_class = f.make_class(school, "6А")
    pupil, plan = f.make_pupil(school_class), make_plan(school)
    decide(plan, pupil, Fate.CONDITIONAL)
    decide(plan, pupil, Fate.LEAVES)
    assert plan.pupils.get().fate == Fate.LEAVES
    decisions = {pupil.pk: None}
    by = f.administrator_of(school)
    rollover.decide_pupils(by=by, rollover=plan, school_class=school_class, decisions=decisions)
    assert not plan.pupils.exists()


def test_what_the_plan_warns_of(school: School) -> None:
    make_classes(school, "5А 9А 9Б 11А")
    led = SchoolClass.objects.get(parallel=5)
    teacher = f.make_homeroom(led)
    plan = make_plan(school)
    lead(plan, led, "6А", teacher)
    rename(plan, **{"9Б": "10А"})
    staff.end_position(by=f.administrator_of(school), position=teacher.positions.get())
    text = " ".join(read_plan(plan).warnings)
    assert "9А, 9Б" in text
    assert teacher.full_name in text
    assert "6А, 10А" in text  # without a homeroom teacher
    assert str(school.current_year) in text  # which has not ended
    AcademicYear.objects.update(ends_on=timezone.localdate())
    plan.from_year.refresh_from_db()
    assert str(school.current_year) not in " ".join(read_plan(plan).warnings)


def test_what_forbids_to_carry_it_out(school: School) -> None:
    plan = make_plan(school)
    assert len(read_plan(plan).problems) == 1  # no classes
    first, second = f.make_class(school, "9А"), f.make_class(school, "9Б")
    f.make_class(school, "11А")
    f.make_homeroom(first)
    f.make_homeroom(second)
    pupil = f.make_pupil(first)
    decide(plan, pupil, Fate.OTHER_CLASS, "10Б")
    assert read_plan(plan).problems == []
    rename(plan, **{"9Б": "10А"})
    problems = read_plan(plan).problems
    assert len(problems) == 2
    assert pupil.full_name in problems[0]
    plan = change(plan, starts_on=school.current_year.starts_on)
    assert len(read_plan(plan).problems) == 3
    with pytest.raises(Refusal) as refused:
        rollover_begin.begin_rollover(by=f.administrator_of(school), rollover=plan)
    assert refused.value.code == "plan_has_problems"
    plan.refresh_from_db()
    assert plan.state == Rollover.State.DRAFT


def test_facts_that_changed_since_count_as_they_are_now(school: School) -> None:
    """A pupil was moved, one left, one went to a class that graduates; a class is new, another one was put away."""
    admin = f.administrator_of(school)
    here, there, last, empty = (f.make_class(school, name) for name in ("6А", "6Б", "11А", "3Ж"))
    moved, gone, late = f.make_pupil(here), f.make_pupil(here), f.make_pupil(here)
    plan = make_plan(school)
    for pupil in (gone, late):
        decide(plan, pupil, Fate.CONDITIONAL)
    pupils.move_pupil(by=admin, person=moved, to_class=there)
    pupils.move_pupil(by=admin, person=late, to_class=last)
    people.remove_person(by=admin, person=gone)
    structure.archive_class(by=admin, school_class=empty)
    f.make_pupil(f.make_class(school, "2Д"))
    read = read_plan(plan)
    assert {line.old.name: len(line.moves) for line in read.lines} == {"2Д": 1, "6А": 0, "6Б": 1, "11А": 1}
    assert read.counts == {Movement.Kind.PROMOTED: 2, Movement.Kind.GRADUATED: 1}
    assert len(read.skipped) == 2
    assert any(gone.full_name in line for line in read.skipped)
    plan = carry_out(plan)
    assert plan.skipped == read.skipped


def test_after_an_undone_year_the_plan_is_as_it_was_edited(school: School) -> None:
    pupil = f.make_pupil(f.make_class(school, "6А"))
    plan = make_plan(school, chats=Rollover.Chats.CARRY_ON, order_number="17")
    rename(plan, **{"6А": "7Б"})
    decide(plan, pupil, Fate.CONDITIONAL)
    undo.undo(by=f.administrator_of(school), act=carry_out(plan).act)
    plan.refresh_from_db()
    assert plan.state == Rollover.State.UNDONE
    again = make_plan(school)
    assert (again.chats, again.order_number, says(again)) == (Rollover.Chats.CARRY_ON, "17", {"6А": "7Б"})
    assert read_plan(again).counts == {Movement.Kind.CONDITIONAL: 1}


def test_the_plan_costs_the_same_for_a_few_and_for_many(school: School, django_assert_num_queries) -> None:
    def grow(names: str, count: int) -> None:
        make_classes(school, names)
        for school_class in school.classes.taught():
            f.make_homeroom(school_class) if not school_class.homerooms.exists() else None
            for _ in range(count):
                f.make_pupil(school_class, joined=False)

    grow("6А", 1)
    plan = make_plan(school)
    with django_assert_num_queries(4):
        read_plan(plan)
    grow("7А 8А 9А", 3)
    with django_assert_num_queries(4):
        read_plan(plan)


def test_another_homeroom_teacher_needs_the_right_to_give_one() -> None:
    school = f.make_school()
    here, teacher = f.make_class(school, "7Б"), f.make_staff(school)
    by = f.user_of(make_additional_administrator(school))
    terms: Any = {"role": Role.ADDITIONAL_ADMINISTRATOR, "codename": "manage_staff", "allowed": False}
    set_right(by=f.administrator_of(school), school=school, **terms)
    by = f.fresh(by)
    plan = rollover.start_rollover(by=by, school=school)
    with pytest.raises(RightDenied):
        rollover.edit_classes(
            by=by, rollover=plan, edits={here: ClassEdit("8Б", homeroom=teacher, keeps_homeroom=False)}
        )
    rollover.edit_classes(by=by, rollover=plan, edits={here: ClassEdit("8В")})
    assert plan.classes.get(school_class=here).letter == "В"
