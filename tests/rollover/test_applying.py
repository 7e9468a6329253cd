"""A new year is carried out: who is where afterwards, what can only be read, what a killed worker leaves behind."""

import datetime as dt
from typing import Any

import pytest

from school.drift import check_rights
from school.errors import Refusal
from school.event_words import in_one_line
from school.models import (
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
from school.services import people, pupils, staff, structure
from tests import factories as f
from tests.rollover.years import (
    Fate,
    carry_out,
    class_of,
    decide,
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
    assert "promoted" not in in_one_line(event)  # in words, not in the names of columns
    assert str(year) in in_one_line(event)
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
