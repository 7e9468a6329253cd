"""A new year is carried out: who is where afterwards, what can only be read, what a killed worker leaves behind."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from school import progress, undo
from school.drift import check_rights
from school.errors import Refusal
from school.models import (
    Act,
    Activist,
    Enrolment,
    Event,
    EventKind,
    GroupMembership,
    Homeroom,
    Movement,
    Person,
    Rollover,
    School,
    SchoolClass,
    StaffPosition,
    StudyGroup,
    Teaching,
)
from school.regulation import Role
from school.rights import may
from school.services import people, pupils, rollover, rollover_apply, staff, structure
from school.services.rollover_facts import NewYear
from school.tasks import apply_rollovers
from tests import factories as f
from tests.rollover.years import (
    Fate,
    carry_out,
    class_of,
    decide,
    differences,
    lead,
    make_plan,
    new_year,
    rename,
    tables,
)

pytestmark = pytest.mark.django_db
ORDER: dict[str, Any] = {"order_number": "84-О", "order_date": dt.date(2026, 8, 27)}
Kind = Movement.Kind


@pytest.fixture
def school() -> School:
    return f.make_school()


def roles_of(person: Person) -> set[str]:
    return set(f.user_of(person).groups.values_list("role_group__role", flat=True))


def taught(school: School) -> list[str]:
    return [school_class.name for school_class in school.classes.taught()]


def journal(person: Person) -> tuple[str, str, str]:
    line = Movement.objects.select_related("from_class", "to_class").get(person=person)
    return line.kind, str(line.from_class or ""), str(line.to_class or "")


# --- who is where -----------------------------------------------------------------------------------------------------


def test_classes_people_and_roles_go_on(school: School) -> None:
    old = f.make_class(school, "6А")
    f.make_class(school, "1Б")
    teacher, pupil = f.make_homeroom(old), f.make_pupil(old)
    parent = f.make_parent(pupil)
    year = school.current_year
    act = new_year(school, **ORDER)
    assert taught(school) == ["1Б", "2Б", "7А"]
    old.refresh_from_db()
    new = old.successor
    assert new
    assert new.name == "7А"
    assert (new.year, old.year) == (school.current_year, year)
    assert old.archived_at
    assert school.current_year.starts_on == dt.date(year.ends_on.year, 9, 1)
    enrolment = pupil.enrolments.active().get()
    assert (enrolment.school_class, enrolment.order_number) == (new, "84-О")
    for person, role in ((pupil, Role.CLASS_PUPIL), (parent, Role.CLASS_PARENT), (teacher, Role.HOMEROOM)):
        groups = f.user_of(person).groups.filter(role_group__role=role)
        assert [group.role_group.school_class for group in groups] == [new]
    assert may(f.user_of(teacher), "create_parents_chat", new)
    assert not may(f.user_of(teacher), "create_parents_chat", old)
    assert journal(pupil) == (Kind.PROMOTED, "6А", "7А")
    assert Movement.objects.get().order_date == ORDER["order_date"]
    event = Event.objects.get(kind=EventKind.YEAR_ROLLED_OVER)
    assert (event.actor, event.subject_id, event.new["promoted"]) == (f.administrator_of(school), act.pk, 1)
    assert not check_rights(school)


def test_each_exception_goes_its_way(school: School) -> None:
    f.make_class(school, "5Б")
    here, last = f.make_class(school, "6Б"), f.make_class(school, "11А")
    fates = [
        ("", "", (Kind.PROMOTED, "6Б", "7Б")),
        (Fate.CONDITIONAL, "", (Kind.CONDITIONAL, "6Б", "7Б")),
        (Fate.REPEATS, "6Б", (Kind.REPEATS, "6Б", "6Б")),
        (Fate.OTHER_CLASS, "7Г", (Kind.PROMOTED, "6Б", "7Г")),
        (Fate.LEAVES, "", (Kind.LEFT, "6Б", "")),
        (Fate.GRADUATES, "", (Kind.GRADUATED, "6Б", "")),
    ]
    who = [f.make_pupil(here) for _ in fates]
    graduate, stays = f.make_pupil(last), f.make_pupil(last)
    plan = make_plan(school, first_classes="7Г 11Я")
    for pupil, (fate, to, _line) in zip(who, fates, strict=True):
        if fate:
            decide(plan, pupil, fate, to, place="Школа № 5" if fate == Fate.LEAVES else "")
    decide(plan, stays, Fate.REPEATS, "11Я")
    assert carry_out(plan).state == Rollover.State.APPLIED
    assert [journal(pupil) for pupil in who] == [line for _fate, _to, line in fates]
    assert [class_of(pupil) for pupil in who] == ["7Б", "7Б", "6Б", "7Г", "", ""]
    assert (class_of(graduate), class_of(stays)) == ("", "11Я")
    assert Movement.objects.get(person=who[4]).place == "Школа № 5"
    gone = Person.objects.filter(removed_at__isnull=False)
    assert set(gone) == {who[4], who[5], graduate}
    for kind, person in (
        (EventKind.PERSON_REMOVED, who[4]),
        (EventKind.PUPIL_GRADUATED, graduate),
        (EventKind.PUPIL_REPEATS, stays),
    ):
        assert Event.objects.filter(kind=kind, person_id=person.pk).exists()
    assert not check_rights(school)


def test_a_parent_stays_through_another_child_and_goes_with_the_last(school: School) -> None:
    last = f.make_class(school, "11А")
    graduate, only = f.make_pupil(last), f.make_pupil(last)
    brother = f.make_pupil(f.make_class(school, "6А"))
    mother, father = f.make_parent(graduate, brother), f.make_parent(only)
    admin = f.administrator_of(school)
    for person in (mother, father):
        people.set_activist(by=admin, person=person, kind=Activist.Kind.PARENTS, active=True)
    new_year(school)
    assert roles_of(mother) == {Role.PARENT, Role.CLASS_PARENT, Role.PARENTS_ACTIVIST}
    assert roles_of(father) == set()
    assert roles_of(graduate) == set()


def test_activists_stay_and_those_who_leave_do_not(school: School) -> None:
    admin = f.administrator_of(school)
    stays, graduate = f.make_pupil(f.make_class(school, "6А")), f.make_pupil(f.make_class(school, "11А"))
    for pupil in (stays, graduate):
        people.set_activist(by=admin, person=pupil, kind=Activist.Kind.PUPILS, active=True)
    new_year(school)
    assert Activist.objects.active().get().person == stays
    assert Role.PUPILS_ACTIVIST in roles_of(stays)


def test_subjects_parts_and_teachers_go_along(school: School) -> None:
    old = f.make_class(school, "6А")
    admin = f.administrator_of(school)
    teacher, gone = f.make_teaching(old, "Алгебра"), f.make_teaching(old, "Химия")
    part = f.make_study_group(old, "Английский язык", "1-я группа")
    english = f.make_teaching(old, "Английский язык", "1-я группа")
    inside, outside = f.make_pupil(old), f.make_pupil(old)
    structure.set_group_members(by=admin, study_group=part, pupils=[inside])
    plan = make_plan(school)
    decide(plan, outside, Fate.CONDITIONAL)
    staff.end_position(by=admin, position=gone.positions.get())
    carry_out(plan)
    old.refresh_from_db()
    groups = {str(group): group for group in StudyGroup.objects.filter(school_class=old.successor)}
    assert set(groups) == {"Алгебра", "Химия", "Английский язык, 1-я группа"}
    taught_now = {
        str(t.study_group): t.person for t in Teaching.objects.active().select_related("study_group__subject")
    }
    assert taught_now == {"Алгебра": teacher, "Английский язык, 1-я группа": english}
    assert GroupMembership.objects.active().get().person == inside
    assert {Role.GROUP_TEACHER, Role.CLASS_TEACHER} <= roles_of(english)
    assert Role.GROUP_PUPIL in roles_of(inside)
    assert not check_rights(school)


def test_who_goes_to_another_class_is_not_in_the_part_of_the_old_one(school: School) -> None:
    old, other = f.make_class(school, "6А"), f.make_class(school, "6Б")
    part = f.make_study_group(old, "Английский язык", "1-я группа")
    pupil = f.make_pupil(old)
    structure.set_group_members(by=f.administrator_of(school), study_group=part, pupils=[pupil])
    plan = make_plan(school)
    decide(plan, pupil, Fate.OTHER_CLASS, "7Б")
    carry_out(plan)
    assert class_of(pupil) == "7Б"
    assert not GroupMembership.objects.active().exists()
    assert other.name == "6Б"


def test_without_the_option_subjects_stay_in_the_old_year(school: School) -> None:
    f.make_teaching(f.make_class(school, "6А"))
    new_year(school, carries_teaching=False)
    assert not Teaching.objects.active().exists()
    assert StudyGroup.objects.count() == 1


def test_homeroom_teachers_are_those_of_the_plan(school: School) -> None:
    same, other, none, left = (f.make_class(school, name) for name in ("4А", "4Б", "4В", "4Г"))
    f.make_class(school, "11А")
    teachers = {school_class: f.make_homeroom(school_class) for school_class in (same, other, none, left)}
    new = f.make_staff(school)
    plan = make_plan(school)
    lead(plan, other, "5Б", new)
    lead(plan, none, "5В", None)
    position = teachers[left].positions.get()
    staff.end_position(by=f.administrator_of(school), position=position)
    carry_out(plan)
    now = {h.school_class.name: h.person for h in Homeroom.objects.active().select_related("school_class")}
    assert now == {"5А": teachers[same], "5Б": new}
    assert Event.objects.filter(kind=EventKind.HOMEROOM_ASSIGNED, person_id=new.pk).exists()


def test_a_homeroom_teacher_replaced_since_the_plan_carries_on(school: School) -> None:
    school_class = f.make_class(school, "6А")
    f.make_homeroom(school_class)
    plan, new = make_plan(school), f.make_staff(school)
    admin = f.administrator_of(school)
    staff.assign_homeroom(by=admin, school_class=school_class, person=new, replace=True)
    carry_out(plan)
    assert Homeroom.objects.active().get().person == new


def test_two_classes_become_one(school: School) -> None:
    first, second = f.make_class(school, "9А"), f.make_class(school, "9Б")
    f.make_class(school, "11А")
    teacher = f.make_homeroom(second)
    for school_class in (first, second):
        f.make_pupil(school_class)
        f.make_teaching(school_class, "Алгебра", person=teacher)
    plan = make_plan(school)
    rename(plan, **{"9Б": "10А"})
    carry_out(plan)
    assert taught(school) == ["10А"]
    new = school.classes.taught().get()
    assert {school_class.successor for school_class in SchoolClass.objects.filter(parallel=9)} == {new}
    assert new.enrolments.active().count() == 2
    assert new.homerooms.active().get().person == teacher
    assert Teaching.objects.active().get().study_group.school_class == new


def test_staff_and_administrators_go_by_no_road_here(school: School) -> None:
    """Even if the lists had an administrator in a class that graduates, or in one that is said to leave."""
    admin = Person.objects.get(user=f.administrator_of(school))
    deputy = f.make_staff(school, StaffPosition.Kind.DEPUTY)
    last, here = f.make_class(school, "11А"), f.make_class(school, "6А")
    for person, school_class in ((admin, last), (deputy, here)):
        dates: dict[str, Any] = {"starts_on": f.today(), "school": school}
        Enrolment.objects.create(person=person, school_class=school_class, **dates)
    positions = set(StaffPosition.objects.active().values_list("person", "kind"))
    plan = make_plan(school)
    decide(plan, deputy, Fate.LEAVES)
    assert carry_out(plan).state == Rollover.State.APPLIED
    assert set(StaffPosition.objects.active().values_list("person", "kind")) == positions
    assert not Person.objects.filter(removed_at__isnull=False).exists()
    assert Role.ADMINISTRATOR in roles_of(admin)
    assert not check_rights(school)


def test_another_school_stays_as_it_is(school: School) -> None:
    other = f.make_school()
    pupil = f.make_pupil(f.make_class(other, "6А"))
    f.make_pupil(f.make_class(school, "6А"))
    new_year(school)
    assert (class_of(pupil), taught(other)) == ("6А", ["6А"])
    assert other.years.get().is_current


# --- the old year can only be read ------------------------------------------------------------------------------------


def test_the_old_year_is_only_read(school: School) -> None:
    old = f.make_class(school, "6А")
    f.make_class(school, "6Б")
    part = f.make_study_group(old, "Английский язык", "1-я группа")
    pupil, teacher, new = f.make_pupil(old), f.make_homeroom(old), f.make_staff(school)
    teaching = f.make_teaching(old).teachings.get()
    subject = teaching.study_group.subject
    new_year(school)
    admin = f.administrator_of(school)
    old.refresh_from_db()
    before = tables()
    for act in (
        lambda: structure.rename_class(by=admin, school_class=old, parallel=6, letter="Я"),
        lambda: structure.archive_class(by=admin, school_class=old),
        lambda: structure.create_study_group(by=admin, school_class=old, subject=subject),
        lambda: structure.set_group_members(by=admin, study_group=part, pupils=[]),
        lambda: pupils.move_pupil(by=admin, person=pupil, to_class=old),
        lambda: pupils.add_pupil(by=admin, school_class=old, last_name="Новый", first_name="Пётр"),
        lambda: staff.assign_homeroom(by=admin, school_class=old, person=new),
        lambda: staff.release_homeroom(by=admin, school_class=old),
        lambda: staff.assign_teaching(by=admin, study_group=part, person=new),
        lambda: staff.release_teaching(by=admin, teaching=teaching),
    ):
        with pytest.raises(Refusal):
            act()
    assert tables() == before
    assert not may(f.user_of(teacher), "view_people", old)
    assert SchoolClass.objects.visible_to(admin).filter(pk=old.pk).exists()


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
    rollover.begin_rollover(by=f.administrator_of(school), rollover=plan)
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
