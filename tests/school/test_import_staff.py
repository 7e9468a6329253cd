"""Lists of the staff and of classes: positions, homerooms, subjects; administrators are nobody's by a list."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from school import undo
from school.drift import check_rights
from school.models import ListImport, Movement, Person, School, StaffPosition
from school.rights import RightDenied
from school.services import movements, people, staff
from school.services.rights import set_right
from tests import factories as f
from tests.school import imports as lists
from tests.world import make_additional_administrator

pytestmark = pytest.mark.django_db
HEADER = ["ФИО", "Должность", "Предмет", "Класс", "Телефон"]


@pytest.fixture
def school() -> School:
    school = f.make_school()
    f.make_class(school, "5А")
    f.make_class(school, "5Б")
    return school


def table(*rows: list[str]) -> list[list[str]]:
    return [HEADER, *([*row, *[""] * (len(HEADER) - len(row))] for row in rows)]


def member(school: School, last_name: str) -> Person:
    return school.people.get(last_name=last_name)


def led_by(school: School) -> dict[str, str]:
    return {
        school_class.name: homeroom.person.last_name
        for school_class in school.classes.all()
        for homeroom in school_class.homerooms.active()
    }


def test_positions_homerooms_and_subjects(school: School) -> None:
    rows = table(
        ["Воронова Ирина Юрьевна", "учитель математики", "", "5А"],
        ["Лебедева Ольга Ивановна", "учитель", "Физика", "5А, 5Б", "89161110200"],
        ["Лебедева Ольга Ивановна", "учитель", "Химия", "5Б"],
        ["Сидоров Павел Ильич", "зам. директора по УВР"],
        ["Котова Нина", "секретарь"],
    )
    plan = lists.run(school, rows)
    assert lists.some(plan) == {"create": 4, "missing": 1}
    assert led_by(school) == {"5А": "Воронова"}
    taught = member(school, "Лебедева").teachings.active()
    assert sorted(f"{t.study_group} {t.study_group.school_class}" for t in taught) == [
        "Физика 5А",
        "Физика 5Б",
        "Химия 5Б",
    ]
    kinds = {p.person.last_name: p.kind for p in StaffPosition.objects.filter(school=school)}
    assert kinds["Сидоров"] == "deputy"
    assert kinds["Котова"] == "employee"
    assert member(school, "Воронова").verification == Person.Verification.PENDING
    assert member(school, "Котова").verification == Person.Verification.UNVERIFIED
    assert not check_rights(school)
    assert set(lists.some(lists.plan(school, rows))) == {"skip", "missing"}


def test_a_class_that_is_led_stays_with_who_leads_it(school: School) -> None:
    f.make_homeroom(next(c for c in school.classes.all() if c.name == "5А"), f.make_staff(school, last_name="Орлова"))
    plan = lists.run(
        school,
        table(
            ["Воронова Ирина", "учитель", "", "5А"],
            ["Белова Яна", "учитель", "", "5Б"],
            ["Жук Ия", "учитель", "", "5Б"],
        ),
    )
    assert "У класса 5А уже есть классный руководитель: Орлова" in lists.reasons(plan)
    assert "У класса 5Б уже есть классный руководитель: Белова Яна" in lists.reasons(plan)
    assert led_by(school) == {"5А": "Орлова", "5Б": "Белова"}
    assert lists.some(plan)["create"] == 3


def test_who_does_not_teach_leads_no_class(school: School) -> None:
    plan = lists.run(school, table(["Котова Нина", "секретарь", "", "5А"]))
    assert "не занимает педагогической должности" in lists.reasons(plan)
    assert led_by(school) == {}


def test_administrators_are_neither_appointed_nor_dismissed(school: School) -> None:
    admin = Person.objects.get(user=f.administrator_of(school))
    people.edit_person(by=f.administrator_of(school), person=admin, last_name="Ким", first_name="Анна")
    plan = lists.run(school, table([admin.full_name, "учитель"], ["Котова Нина", "администратор"]))
    held = {p.kind for p in admin.positions.active()}
    assert held == {"administrator", "teacher"}
    assert member(school, "Котова").positions.get().kind == "employee"
    assert StaffPosition.objects.active().filter(school=school, kind="administrator").count() == 1
    assert lists.some(plan) == {"create": 1, "update": 1}


def test_one_director(school: School) -> None:
    plan = lists.run(school, table(["Рогов Лев", "директор"], ["Орлов Олег", "Директор школы"]))
    assert "уже есть директор" in lists.reasons(plan)
    assert member(school, "Рогов").is_verified
    again = lists.plan(school, table(["Жук Инна", "директор"]))
    assert "уже есть директор" in lists.reasons(again)


def test_the_director_is_entered_by_who_appoints_administrators(school: School) -> None:
    by = f.user_of(make_additional_administrator(school))
    made = lists.uploaded(school, table(["Рогов Лев", "директор"]), by=by)
    assert "нет этого права" in lists.reasons(lists.checked(made, by))


def test_a_position_ended_by_hand_is_not_given_again(school: School) -> None:
    rows = table(["Воронова Ирина", "учитель математики", "", "5А"])
    lists.run(school, rows)
    person = member(school, "Воронова")
    staff.start_position(by=f.administrator_of(school), person=person, kind=StaffPosition.Kind.EMPLOYEE)
    staff.end_position(by=f.administrator_of(school), position=person.positions.get(kind="teacher"))
    plan = lists.run(school, rows)
    assert "учитель математики: исправлено вручную — оставлено" in lists.reasons(plan, "skip")
    assert [p.kind for p in person.positions.active()] == ["employee"]


def test_a_homeroom_and_a_title_changed_by_hand_stay(school: School) -> None:
    rows = table(["Воронова Ирина", "учитель математики", "Физика", "5Б"], ["Воронова Ирина", "", "", "5А"])
    lists.run(school, rows)
    person, by = member(school, "Воронова"), f.administrator_of(school)
    staff.release_homeroom(by=by, school_class=person.homerooms.get().school_class)
    staff.release_teaching(by=by, teaching=person.teachings.get())
    StaffPosition.objects.filter(person=person).update(title="учитель физики")
    plan = lists.run(school, rows)
    said = lists.reasons(plan, "skip")
    assert said.count("исправлено вручную — оставлено") == 3
    assert not person.homerooms.active().exists()
    assert not person.teachings.active().exists()


def test_a_title_follows_the_list(school: School) -> None:
    lists.run(school, table(["Воронова Ирина", "учитель"]))
    plan = lists.run(school, table(["Воронова Ирина", "учитель математики"]))
    assert "учитель → учитель математики" in lists.reasons(plan, "update")
    assert member(school, "Воронова").positions.get().title == "учитель математики"


def test_who_was_dismissed_by_hand_stays_so(school: School) -> None:
    rows = table(["Воронова Ирина", "учитель"])
    lists.run(school, rows)
    people.remove_person(by=f.administrator_of(school), person=member(school, "Воронова"), reason="уволена")
    plan = lists.run(school, rows)
    assert lists.some(plan)["skip"] == 1
    assert school.people.filter(last_name="Воронова").count() == 1


def test_namesakes_among_the_staff_are_told_apart_by_phone(school: School) -> None:
    for phone in ("+79161110001", "+79161110002"):
        f.make_staff(school, last_name="Ким", first_name="Анна", patronymic="", phone=phone)
    unclear = lists.plan(school, table(["Ким Анна", "учитель"]))
    assert "Сотрудников с таким именем несколько" in lists.reasons(unclear)
    clear = lists.plan(school, table(["Ким Анна", "учитель", "", "", "89161110002"]))
    assert not lists.said(clear, "error")


def test_two_rows_of_one_member_of_the_staff_who_differ_in_the_phone(school: School) -> None:
    f.make_staff(school, last_name="Ким", first_name="Анна", patronymic="")
    plan = lists.run(
        school, table(["Ким Анна", "учитель", "", "", "89161110001"], ["Ким Анна", "", "", "", "89161110002"])
    )
    assert "Строки 2, 3, похоже, об одном человеке" in lists.reasons(plan)


def test_one_subject_in_two_spellings_is_taught_once(school: School) -> None:
    lists.run(school, table(["Ким Анна", "учитель", "Физика", "5А"], ["Ким Анна", "учитель", "ФИЗИКА", "5 «А»"]))
    assert member(school, "Ким").teachings.count() == 1
    assert school.subjects.count() == 1


def test_a_parent_who_is_hired_is_one_person(school: School) -> None:
    pupil = f.make_pupil(next(iter(school.classes.filter(kind="class"))))
    parent = f.make_parent(pupil, last_name="Ким", first_name="Анна", patronymic="", phone="+79161110001")
    lists.run(school, table(["Ким Анна", "учитель", "", "", "89161110001"]))
    assert parent.positions.active().get().kind == "teacher"
    assert school.people.filter(last_name="Ким").count() == 1


def test_what_is_missing_is_created_only_when_asked(school: School) -> None:
    rows = table(["Воронова Ирина", "учитель", "Астрономия", "9А"])
    plan = lists.plan(school, rows, create_missing=False)
    assert "Нет класса 9А" in lists.reasons(plan)
    plan = lists.plan(school, table(["Воронова Ирина", "учитель", "Астрономия", "5А"]), create_missing=False)
    assert "Нет предмета «Астрономия»" in lists.reasons(plan)
    done = lists.run(school, rows)
    assert {c.name for c in school.classes.filter(kind="class")} == {"5А", "5Б", "9А"}
    undo.undo(by=f.administrator_of(school), act=done.act)
    assert {c.name for c in school.classes.filter(kind="class")} == {"5А", "5Б"}
    assert not school.subjects.filter(name="Астрономия").exists()
    assert not check_rights(school)


def test_classes_alone(school: School) -> None:
    plan = lists.run(
        school, [["Параллель", "Литера", "Количество"], ["5", "А", "25"], ["6", "«А»", "30"], ["13", "А", ""]]
    )
    assert lists.some(plan) == {"create": 1, "skip": 1, "error": 1}
    assert {c.name for c in school.classes.filter(kind="class")} == {"5А", "5Б", "6А"}
    assert not check_rights(school)


def test_staff_and_classes_need_rights_of_their_own(school: School) -> None:
    admin = f.administrator_of(school)
    by = f.user_of(f.make_staff(school, StaffPosition.Kind.DEPUTY))
    set_right(by=admin, school=school, role="deputy", codename="manage_people", allowed=True)
    for rows in (table(["Воронова Ирина", "учитель"]), [["Класс"], ["6А"]]):
        made = lists.uploaded(school, rows, by=f.fresh(by))
        with pytest.raises(RightDenied):
            lists.checked(made, f.fresh(by), create_missing=False)
    made = lists.uploaded(school, [["ФИО", "Класс"], ["Ёлкин Пётр", "5В"]], by=f.fresh(by))
    with pytest.raises(RightDenied):
        lists.checked(made, f.fresh(by))
    lists.checked(made, f.fresh(by), create_missing=False)
    assert "Нет класса 5В" in lists.reasons(made)
    assert made.state == ListImport.State.PLANNED


# --- the journal of movement ------------------------------------------------------------------------------------------


def journal(school: School) -> list[tuple[str, str]]:
    lines = Movement.objects.standing().filter(school=school).order_by("pk")
    return [(line.kind, line.person.last_name) for line in lines]


def test_who_is_hired_by_a_list_stands_in_the_journal_once(school: School) -> None:
    """However many positions he gets; who is employed already, or only gets another title, is not hired again."""
    f.make_staff(school, StaffPosition.Kind.EMPLOYEE, last_name="Котова", first_name="Нина", patronymic="")
    before = journal(school)
    rows = table(
        ["Воронова Ирина", "учитель"],
        ["Воронова Ирина", "секретарь"],
        ["Котова Нина", "учитель"],
    )
    done = lists.run(school, rows)
    assert journal(school) == [*before, ("hired", "Воронова")]
    line = Movement.objects.get(act=done.act)
    assert (line.happened_on, line.from_class, line.to_class) == (timezone.localdate(), None, None)
    lists.run(school, table(["Воронова Ирина", "учитель математики"]))
    assert journal(school) == [*before, ("hired", "Воронова")]
    undo.undo(by=f.administrator_of(school), act=ListImport.objects.latest("pk").act)
    undo.undo(by=f.administrator_of(school), act=done.act)
    assert journal(school) == before


def test_who_comes_back_or_was_a_parent_is_hired(school: School) -> None:
    by = f.administrator_of(school)
    gone = f.make_staff(school, last_name="Рогов", first_name="Лев", patronymic="", phone="+79161110005")
    movements.remove_from_school(by=by, person=gone)
    pupil = f.make_pupil(next(iter(school.classes.filter(kind="class"))))
    f.make_parent(pupil, last_name="Ким", first_name="Анна", patronymic="", phone="+79161110001")
    before = journal(school)
    lists.run(
        school, table(["Рогов Лев", "учитель", "", "", "89161110005"], ["Ким Анна", "учитель", "", "", "89161110001"])
    )
    assert journal(school) == [*before, ("hired", "Рогов"), ("hired", "Ким")]


def test_a_staff_costs_the_same_for_a_few_and_for_many(school: School) -> None:
    letters = "абвгдежзик"

    def cost(first: int, count: int) -> int:
        names = ["Фамилия" + "".join(letters[int(digit)] for digit in str(n)) for n in range(first, first + count)]
        made = lists.checked(lists.uploaded(school, table(*([f"{name} Иван", "учитель"] for name in names))))
        with CaptureQueriesContext(connection) as queries:
            lists.applied(made)
        assert Movement.objects.filter(act=made.act, kind=Movement.Kind.HIRED).count() == count
        return len(queries)

    cost(100, 1)
    assert cost(200, 3) == cost(300, 30)
