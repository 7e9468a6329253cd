"""Movement: many people by one document, previewed, carried out and undone as one (2.1)."""

import datetime as dt
from typing import Any

import pytest

from accounts.models import User
from school import undo
from school.drift import check_rights
from school.errors import Refusal
from school.models import (
    AcademicYear,
    Act,
    Enrolment,
    Event,
    EventKind,
    GroupMembership,
    Guardianship,
    Movement,
    Person,
    School,
    SchoolClass,
    StaffPosition,
)
from school.rights import RightDenied
from school.services import days, movements, structure
from school.services.movement_preview import preview_movement
from school.services.movements import Document
from tests import factories as f
from tests.school.test_undo import tables
from tests.world import make_additional_administrator

pytestmark = pytest.mark.django_db
Kind = Movement.Kind
ORDER: dict[str, Any] = {"order_number": "15-к", "order_date": dt.date(2025, 9, 1)}


@pytest.fixture
def school() -> School:
    """Everybody is in the lists for a month, and the school year has begun before that, whatever today is."""
    school = f.make_school()
    AcademicYear.objects.update(starts_on=days_ago(200))
    return school


def days_ago(number: int) -> dt.date:
    return f.today() - dt.timedelta(days=number)


def age(*people: Person, by: int = 30) -> None:
    for person in people:
        for facts in (person.enrolments, person.positions, person.guardians):
            facts.update(starts_on=days_ago(by))


def carry_out(school: School, kind: Kind, people: Any = (), **more: Any) -> Act:
    return movements.carry_out_movement(by=f.administrator_of(school), school=school, kind=kind, people=people, **more)


def refusal(school: School, kind: Kind, people: Any = (), **more: Any) -> Refusal:
    """Why it was refused; nothing was written."""
    before = tables(school)
    with pytest.raises(Refusal) as refused:
        carry_out(school, kind, people, **more)
    assert tables(school) == before
    assert not Act.objects.filter(school=school).exists()
    return refused.value


@pytest.fixture
def here(school: School) -> SchoolClass:
    return f.make_class(school, "7Б")


@pytest.fixture
def there(school: School) -> SchoolClass:
    return f.make_class(school, "7А")


def test_three_are_moved_by_one_order_and_come_back_by_one_click(here: SchoolClass, there: SchoolClass):
    school = here.school
    three = [f.make_pupil(here) for _ in range(3)]
    parent = f.make_parent(three[0])
    age(*three)
    before = tables(school)
    act = carry_out(school, Kind.TRANSFERRED, three, to_class=there, order=ORDER, happened_on=days_ago(10))
    lines = list(Movement.objects.order_by("person"))
    assert {(line.kind, line.from_class, line.to_class) for line in lines} == {(Kind.TRANSFERRED, here, there)}
    assert {(line.order_number, line.happened_on) for line in lines} == {("15-к", days_ago(10))}
    assert {line.act for line in lines} == {act}
    assert SchoolClass.objects.visible_to(f.user_of(parent)).get() == there
    old, new = three[0].enrolments.order_by("pk")
    assert (old.ends_on, new.starts_on, new.order_number) == (days_ago(10), days_ago(10), "15-к")
    assert not check_rights(school)
    undo.undo(by=f.administrator_of(school), act=act)
    assert tables(school) == before
    assert SchoolClass.objects.visible_to(f.user_of(parent)).get() == here
    assert list(Movement.objects.standing()) == []
    assert not check_rights(school)


def test_each_event_stands_beside_that_of_the_movement(here: SchoolClass, there: SchoolClass):
    pupils = [f.make_pupil(here) for _ in range(2)]
    act = carry_out(here.school, Kind.TRANSFERRED, pupils, to_class=there, order=ORDER)
    assert Event.objects.filter(kind=EventKind.PUPIL_MOVED).count() == 2
    event = Event.objects.get(kind=EventKind.MOVEMENT_CARRIED_OUT)
    assert (event.subject_id, event.new["order_number"], len(event.new["people"])) == (act.pk, "15-к", 2)


def test_one_who_cannot_be_moved_stops_all(here: SchoolClass, there: SchoolClass):
    people = [f.make_pupil(here), f.make_pupil(there)]
    assert refusal(here.school, Kind.TRANSFERRED, people, to_class=there).code == "same_class"


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        (Kind.CONDITIONAL, "8А", ""),
        (Kind.CONDITIONAL, "7А", "wrong_parallel"),
        (Kind.REPEATS, "6А", ""),
        (Kind.REPEATS, "7А", ""),
        (Kind.REPEATS, "8А", "wrong_parallel"),
    ],
)
def test_the_way_up_and_the_way_back(here: SchoolClass, kind: Kind, name: str, code: str):
    to_class, pupil = f.make_class(here.school, name), f.make_pupil(here)
    if code:
        assert refusal(here.school, kind, [pupil], to_class=to_class).code == code
        return
    carry_out(here.school, kind, [pupil], to_class=to_class)
    assert Movement.objects.get().kind == kind
    expected = EventKind.PUPIL_REPEATS if kind == Kind.REPEATS else EventKind.PUPIL_MOVED
    assert Event.objects.filter(kind=expected, person_id=pupil.pk).exists()


@pytest.mark.parametrize("kind", [Kind.LEFT, Kind.GRADUATED])
def test_who_leaves_loses_everything_and_gets_it_back(here: SchoolClass, kind: Kind):
    school, pupil = here.school, f.make_pupil(here)
    parent = f.make_parent(pupil)
    part = f.make_study_group(here, "Английский язык", "1-я группа")
    structure.set_group_members(by=f.administrator_of(school), study_group=part, pupils=[pupil])
    age(pupil)
    before = tables(school)
    act = carry_out(school, kind, [pupil], place="Школа № 5", happened_on=days_ago(3), order=ORDER)
    pupil.refresh_from_db()
    assert pupil.removed_at
    assert not School.objects.visible_to(f.user_of(pupil)).exists()
    assert not f.user_of(parent).groups.exists()
    assert Guardianship.objects.get().ends_on == days_ago(3)
    # He joined the group after the day on which he left: what is left of it is nothing.
    membership = GroupMembership.objects.get()
    assert membership.ends_on == membership.starts_on
    assert Movement.objects.get().place == "Школа № 5"
    undo.undo(by=f.administrator_of(school), act=act)
    assert tables(school) == before
    assert not check_rights(school)


def test_who_has_left_arrives_again_and_a_new_one_comes_with_his_names(here: SchoolClass):
    school, pupil = here.school, f.make_pupil(here, joined=False)
    age(pupil)
    carry_out(school, Kind.LEFT, [pupil], happened_on=days_ago(20))
    new = {"last_name": "Ёлкин", "first_name": "Пётр", "birth_date": dt.date(2013, 5, 1)}
    act = carry_out(
        school, Kind.ARRIVED, [pupil], to_class=here, newcomers=(new,), place="Лицей № 2", happened_on=days_ago(5)
    )
    lines = act.movements.order_by("person_id")
    assert [line.person.last_name for line in lines] == [pupil.last_name, "Ёлкин"]
    assert {(line.from_class, line.to_class, line.place) for line in lines} == {(None, here, "Лицей № 2")}
    assert Enrolment.objects.on(days_ago(10)).count() == 0
    assert Enrolment.objects.on(days_ago(5)).count() == 2
    undo.undo(by=f.administrator_of(school), act=act)
    assert not Person.objects.filter(last_name="Ёлкин").exists()


@pytest.mark.parametrize(
    ("kind", "day", "code"),
    [
        (Kind.TRANSFERRED, 31, "before_earlier_fact"),
        (Kind.LEFT, 31, "before_earlier_fact"),
        (Kind.TRANSFERRED, -1, "future"),
        (Kind.LEFT, -1, "future"),
        (Kind.GRADUATED, 201, "before_the_year"),
    ],
)
def test_the_day_lies_between_the_earlier_entry_and_today(
    here: SchoolClass, there: SchoolClass, kind: Kind, day: int, code: str
):
    pupil = f.make_pupil(here)
    age(pupil)
    to = {"to_class": there} if kind == Kind.TRANSFERRED else {}
    refused = refusal(here.school, kind, [pupil], happened_on=days_ago(day), **to)
    assert (refused.code, refused.field) == (code, "happened_on")
    carry_out(here.school, kind, [pupil], happened_on=days_ago(30), **to)


def test_nobody_comes_back_before_he_left(here: SchoolClass):
    pupil = f.make_pupil(here)
    age(pupil)
    carry_out(here.school, Kind.LEFT, [pupil], happened_on=days_ago(5))
    with pytest.raises(Refusal) as refused:
        carry_out(here.school, Kind.ARRIVED, [pupil], to_class=here, happened_on=days_ago(6))
    assert refused.value.code == "before_earlier_fact"


def test_the_year_of_movement_begins_on_the_first_of_september(school: School):
    AcademicYear.objects.update(starts_on=days_ago(1))
    first = days.first_day(school)
    assert (first.month, first.day) == (9, 1) or first == days_ago(1)
    assert first <= f.today()


def test_a_mistake_of_today_is_put_right_today(here: SchoolClass, there: SchoolClass):
    pupil = f.make_pupil(here)
    for to_class in (there, here, there):
        carry_out(here.school, Kind.TRANSFERRED, [pupil], to_class=to_class)
    assert pupil.enrolments.active().get().school_class == there
    assert Enrolment.objects.on(f.today()).get().school_class == there


def test_staff_are_hired_and_dismissed(here: SchoolClass):
    school = here.school
    new = {"last_name": "Новикова", "first_name": "Анна"}
    terms = {"position": StaffPosition.Kind.TEACHER, "title": "учитель химии"}
    hired = carry_out(school, Kind.HIRED, newcomers=(new,), order=ORDER, happened_on=days_ago(8), **terms)
    teacher = hired.movements.get().person
    assert teacher.positions.get().starts_on == days_ago(8)
    f.make_homeroom(here, f.join(teacher))
    dismissed = carry_out(school, Kind.DISMISSED, [teacher], happened_on=days_ago(2), order=ORDER)
    teacher.refresh_from_db()
    assert teacher.removed_at
    assert not here.homerooms.active().exists()
    assert not check_rights(school)
    undo.undo(by=f.administrator_of(school), act=dismissed)
    teacher.refresh_from_db()
    assert (teacher.removed_at, here.homerooms.active().count()) == (None, 1)


def test_a_dismissed_teacher_stays_a_parent(here: SchoolClass):
    teacher = f.make_staff(here.school)
    child = f.make_pupil(here)
    Guardianship.objects.create(school=here.school, guardian=teacher, pupil=child, kind="mother", starts_on=f.today())
    carry_out(here.school, Kind.DISMISSED, [teacher])
    teacher.refresh_from_db()
    assert teacher.removed_at is None
    assert SchoolClass.objects.visible_to(f.user_of(teacher)).get() == here


@pytest.mark.parametrize("kind", [Kind.DISMISSED, Kind.LEFT, Kind.GRADUATED])
@pytest.mark.parametrize("additional", [True, False])
def test_no_movement_removes_an_administrator(school: School, kind: Kind, additional: bool):
    if additional:
        administrator = make_additional_administrator(school)
    else:
        administrator = Person.objects.get(user=f.administrator_of(school))
    teacher = f.make_staff(school)
    code = "is_administrator" if kind == Kind.DISMISSED else "not_enrolled"
    assert refusal(school, kind, [administrator]).code == code
    if kind == Kind.DISMISSED:
        assert refusal(school, kind, [teacher, administrator]).code == code
    assert administrator.positions.active().exists()


@pytest.mark.parametrize("entirely", [True, False])
def test_a_pupil_who_administers_by_mistake_of_the_lists_is_not_removed_either(here: SchoolClass, entirely: bool):
    """Facts that no service makes: the guard looks at the positions, not at the road."""
    administrator = make_additional_administrator(here.school)
    Enrolment.objects.create(school=here.school, person=administrator, school_class=here, starts_on=f.today())
    for kind, more in ((Kind.LEFT, {}), (Kind.GRADUATED, {}), (Kind.DISMISSED, {"entirely": entirely})):
        assert refusal(here.school, kind, [administrator], **more).code == "is_administrator"


def test_the_director_is_dismissed_only_by_those_who_appoint(school: School):
    director = f.make_staff(school, StaffPosition.Kind.DIRECTOR)
    additional = f.user_of(make_additional_administrator(school))
    with pytest.raises(RightDenied):
        movements.carry_out_movement(by=additional, school=school, kind=Kind.DISMISSED, people=[director])
    carry_out(school, Kind.DISMISSED, [director])
    assert not director.positions.active().exists()


def test_administrators_are_not_hired(school: School):
    person = f.make_staff(school)
    for kind in (StaffPosition.Kind.ADMINISTRATOR, StaffPosition.Kind.ADDITIONAL_ADMINISTRATOR):
        assert refusal(school, Kind.HIRED, [person], position=kind).code == "use_appointment"


def test_what_does_not_fit_is_refused(here: SchoolClass, there: SchoolClass):
    school, pupil, teacher = here.school, f.make_pupil(here), f.make_staff(here.school)
    assert refusal(school, Kind.TRANSFERRED, [], to_class=there).code == "people_needed"
    assert refusal(school, Kind.TRANSFERRED, [pupil]).code == "class_needed"
    assert refusal(school, Kind.PROMOTED, [pupil], to_class=there).code == "not_here"
    assert refusal(school, Kind.ARRIVED, [pupil], to_class=there).code == "already_enrolled"
    assert refusal(school, Kind.ENROLLED, [teacher], to_class=there).code == "is_staff"
    assert refusal(school, Kind.DISMISSED, [pupil]).code == "not_staff"
    assert refusal(school, Kind.HIRED, [pupil], position="teacher").code == "is_pupil"
    assert refusal(school, Kind.HIRED, [pupil]).code == "position_needed"
    foreign = f.make_class(f.make_school(), "7А")
    assert refusal(school, Kind.TRANSFERRED, [pupil], to_class=foreign).code == "another_school"
    assert refusal(school, Kind.LEFT, [f.make_pupil(foreign)]).code == "another_school"


@pytest.mark.parametrize("kind", movements.KINDS)
def test_only_who_keeps_the_movement_carries_it_out(here: SchoolClass, there: SchoolClass, kind: Kind):
    pupil = f.make_pupil(here)
    with pytest.raises(RightDenied):
        movements.carry_out_movement(
            by=homeroom_of(here), school=here.school, kind=kind, people=[pupil], to_class=there
        )


def homeroom_of(school_class: SchoolClass) -> User:
    return f.user_of(f.make_homeroom(school_class))


def test_the_preview_says_everything_and_writes_nothing(here: SchoolClass, there: SchoolClass):
    school = here.school
    pupil = f.make_pupil(here)
    parent = f.make_parent(pupil)
    eighth = f.make_class(school, "8А")
    before, events = tables(school), Event.objects.count()
    document = Document(Kind.LEFT, order=ORDER, place="Школа № 5")
    seen = preview_movement(by=f.administrator_of(school), school=school, document=document, people=[pupil])
    assert (seen.lines[0].person, seen.lines[0].from_class) == (pupil, here)
    assert "ученик класса · 7Б" in seen.lines[0].loses
    assert any(parent.short_name in warning for warning in seen.warnings)
    moved = preview_movement(
        by=f.administrator_of(school), school=school, document=Document(Kind.TRANSFERRED, eighth), people=[pupil]
    )
    assert any("7Б" in text and "8А" in text for text in moved.warnings)
    assert any("приказа" in text for text in moved.warnings)
    assert tables(school) == before
    assert Event.objects.count() == events
    with pytest.raises(Refusal):
        preview_movement(
            by=f.administrator_of(school), school=school, document=Document(Kind.TRANSFERRED, here), people=[pupil]
        )


def test_the_preview_warns_of_a_class_without_a_homeroom_teacher(here: SchoolClass):
    teacher = f.make_homeroom(here, f.make_staff(here.school))
    document = Document(Kind.DISMISSED, order=ORDER)
    seen = preview_movement(by=f.administrator_of(here.school), school=here.school, document=document, people=[teacher])
    assert any("7Б" in warning and "классного руководителя" in warning for warning in seen.warnings)
