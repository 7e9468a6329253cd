"""Who is who: pupils and parents of a list beside those of the school; what stays as people corrected it."""

import datetime as dt
from typing import Any

import pytest

from school import undo
from school.drift import check_rights
from school.models import Event, EventKind, Guardianship, Movement, Person, School, SchoolClass
from school.services import people, pupils
from tests import factories as f
from tests.school import imports as lists

pytestmark = pytest.mark.django_db
FAMILY = ["ФИО", "Класс", "Дата рождения", "Личное дело №", "ФИО родителя", "Тип представителя", "Телефон родителя"]


@pytest.fixture
def school() -> School:
    school = f.make_school()
    f.make_class(school, "5А")
    f.make_class(school, "5Б")
    return school


def family(name: str, *rest: str) -> list[str]:
    return [name, *rest, *[""] * (len(FAMILY) - 1 - len(rest))]


def table(*rows: list[str]) -> list[list[str]]:
    return [FAMILY, *rows]


ELKIN = family("Ёлкин Пётр Ильич", "5А", "01.02.2013", "", "Ёлкина Мария Павловна", "мать", "89161112233")


def of_name(school: School, last_name: str) -> Person:
    return school.people.get(last_name=last_name)


def class_named(school: School, name: str) -> SchoolClass:
    return next(found for found in school.classes.all() if found.name == name)


def class_of(person: Person) -> str:
    return str(person.enrolments.active().get().school_class)


def change(person: Person, **values: Any) -> None:
    people.edit_person(by=f.administrator_of(person.school), person=person, **values)


# --- who is who -----------------------------------------------------------------------------------------------------------


def test_a_pupil_is_known_by_his_personal_file(school: School) -> None:
    lists.run(school, table(family("Ёлкина Анна", "5А", "01.02.2013", "А-1")))
    plan = lists.run(school, table(family("Орлова Анна", "5А", "01.02.2013", "а-1")))
    assert lists.some(plan) == {"update": 1}
    assert school.people.filter(last_name="Орлова", file_number="А-1").count() == 1


def test_a_personal_file_of_somebody_else_is_an_error(school: School) -> None:
    lists.run(school, table(family("Ёлкина Анна", "5А", "01.02.2013", "А-1")))
    plan = lists.plan(school, table(family("Орлов Олег", "5А", "05.05.2012", "А-1")))
    assert "уже есть у другого ученика: Ёлкина Анна" in lists.reasons(plan)


def test_a_pupil_is_known_by_name_and_birth_date_in_any_class(school: School) -> None:
    lists.run(school, table(ELKIN))
    plan = lists.run(school, table(["Елкин Петр", "5Б", "01.02.2013", "", "", "", ""]))
    assert lists.some(plan) == {"move": 1}
    assert class_of(of_name(school, "Ёлкин")) == "5Б"
    movement = Movement.objects.get(act=plan.act)
    assert (movement.kind, str(movement.from_class), str(movement.to_class)) == ("transferred", "5А", "5Б")
    assert Event.objects.filter(kind=EventKind.PUPIL_MOVED, person_id=movement.person_id).count() == 1
    undo.undo(by=f.administrator_of(school), act=plan.act)
    assert class_of(of_name(school, "Ёлкин")) == "5А"
    assert not Movement.objects.standing().filter(act=plan.act).exists()


def test_a_pupil_is_known_by_name_and_class_where_he_is_the_only_one(school: School) -> None:
    f.make_pupil(class_named(school, "5А"), last_name="Ёлкин", first_name="Пётр", patronymic="")
    plan = lists.run(school, table(ELKIN))
    assert lists.said(plan, "update")[0][2].startswith("отчество: Ильич; дата рождения: 01.02.2013")
    assert school.people.filter(last_name="Ёлкин").count() == 1


def test_two_namesakes_of_a_class_have_to_be_told_apart(school: School) -> None:
    for _ in range(2):
        f.make_pupil(class_named(school, "5А"), last_name="Ёлкин", first_name="Пётр", patronymic="")
    plan = lists.plan(school, table(ELKIN))
    assert "Таких учеников несколько" in lists.reasons(plan)


def test_a_namesake_of_another_class_is_neither_moved_nor_doubled(school: School) -> None:
    f.make_pupil(class_named(school, "5Б"), last_name="Ёлкин", first_name="Пётр", patronymic="")
    plan = lists.plan(school, [["ФИО", "Класс"], ["Ёлкин Пётр", "5А"]])
    assert "уже есть Ёлкин Пётр, 5Б" in lists.reasons(plan)
    f.make_pupil(class_named(school, "5Б"), last_name="Орлов", first_name="Лев", birth_date=dt.date(2010, 1, 1))
    plan = lists.run(school, table(family("Орлов Лев", "5А", "02.02.2013")))
    assert lists.some(plan) == {"create": 1}
    assert school.people.filter(last_name="Орлов").count() == 2


def test_rows_of_one_pupil_are_merged(school: School) -> None:
    father = family("Елкин Петр", "5 «А»", "", "", "Ёлкин Илья Олегович", "отец", "89161112234")
    plan = lists.run(school, table(ELKIN, father))
    assert lists.some(plan) == {"create": 3}
    pupil = school.people.get(first_name="Пётр")
    assert sorted(pupil.guardians.values_list("kind", flat=True)) == ["father", "mother"]
    assert plan.lines.get(what="pupil").rows == "2, 3"


def test_brothers_have_one_mother_by_phone_and_name(school: School) -> None:
    other = ["Ёлкин Олег", "5Б", "03.03.2013", "", "Ёлкина Мария", "мать", "+7 916 111-22-33"]
    lists.run(school, table(ELKIN, other))
    mother = school.people.get(last_name="Ёлкина")
    assert mother.wards.active().count() == 2


def test_two_spellings_of_one_parent_are_tied_once(school: School) -> None:
    lists.run(school, table([*ELKIN[:4], "Ёлкина Мария", *ELKIN[5:]]))
    pupil = school.people.get(first_name="Пётр")
    other = [*ELKIN[:4], "Ёлкина Мария Петровна", *ELKIN[5:]]
    for tie in pupil.guardians.all():
        people.remove_guardian(by=f.administrator_of(school), guardianship=tie)
    unclear = lists.plan(school, table(ELKIN, other))
    assert not lists.said(unclear, "error")
    lists.run(school, table(["Ёлкин Олег", "5Б", "", "", *ELKIN[4:]], ["Ёлкин Олег", "5Б", "", "", *other[4:]]))
    assert school.people.get(first_name="Олег").guardians.active().count() == 1


def test_a_teacher_may_be_a_parent(school: School) -> None:
    teacher = f.make_staff(school, last_name="Ёлкина", first_name="Мария", patronymic="", phone="+79161112233")
    lists.run(school, table(ELKIN))
    assert teacher.wards.active().count() == 1
    assert teacher.positions.active().count() == 1


def test_an_empty_cell_empties_nothing(school: School) -> None:
    lists.run(school, table(ELKIN))
    plan = lists.plan(school, table(family("Ёлкин Пётр", "5А")))
    assert lists.some(plan) == {"skip": 1}


def test_who_is_missing_is_shown_and_stays(school: School) -> None:
    lists.run(school, table(ELKIN, family("Орлов Лев", "5А"), family("Жук Инна", "5Б")))
    plan = lists.run(school, table(ELKIN))
    assert [(who, reason) for _o, who, reason in lists.said(plan, "missing")] == [
        ("Орлов Лев", "есть в классе, но не в списке: остаётся")
    ]
    assert class_of(of_name(school, "Орлов")) == "5А"


def test_the_day_and_the_order_of_the_enrolment_are_kept(school: School) -> None:
    header = ["ФИО", "Класс", "Дата зачисления", "Номер приказа", "Дата приказа"]
    plan = lists.run(school, [header, ["Орлов Лев", "5А", "01.09.2025", "31", "28.08.2025"]])
    enrolment = of_name(school, "Орлов").enrolments.get()
    movement = Movement.objects.get(act=plan.act)
    for fact in (enrolment, movement):
        assert (fact.order_number, fact.order_date) == ("31", dt.date(2025, 8, 28))
    assert (enrolment.starts_on, movement.happened_on) == (dt.date(2025, 9, 1),) * 2
    assert movement.kind == Movement.Kind.ENROLLED


def test_who_had_left_comes_back(school: School) -> None:
    pupil = f.make_pupil(class_named(school, "5А"), last_name="Орлов", first_name="Лев", birth_date=dt.date(2013, 2, 2))
    people.remove_person(by=f.administrator_of(school), person=pupil, reason="переезд")
    plan = lists.run(school, table(["Орлов Лев", "5Б", "02.02.2013", "", "Орлов Ян Ильич", "отец", "89161112299"]))
    assert lists.some(plan) == {"create": 2}
    pupil.refresh_from_db()
    assert (pupil.removed_at, class_of(pupil)) == (None, "5Б")
    assert not check_rights(school)


def test_a_parent_who_joined_sees_the_class_of_an_imported_child(school: School) -> None:
    lists.run(school, table(ELKIN))
    mother = school.people.get(last_name="Ёлкина")
    f.join(mother)
    brother = ["Ёлкин Олег", "5Б", "03.03.2013", "", "Ёлкина Мария", "мать", "89161112233"]
    lists.run(school, table(brother))
    seen = SchoolClass.objects.visible_to(f.user_of(Person.objects.get(pk=mother.pk)))
    assert {str(found) for found in seen} == {"5А", "5Б"}
    assert not check_rights(school)


def test_another_school_is_another_world(school: School) -> None:
    lists.run(school, table(ELKIN))
    other = f.make_school()
    plan = lists.run(other, table(ELKIN))
    assert (lists.some(plan)["create"], other.people.filter(last_name="Ёлкина").count()) == (3, 1)


# --- what people corrected by hand -----------------------------------------------------------------------------------------


def test_a_field_corrected_by_hand_stays(school: School) -> None:
    lists.run(school, table(ELKIN))
    mother = school.people.get(last_name="Ёлкина")
    change(mother, phone="+79260000000")
    plan = lists.run(school, table(ELKIN))
    assert lists.some(plan) == {"skip": 2}
    assert "телефон: исправлено вручную — оставлено" in lists.reasons(plan, "skip")
    mother.refresh_from_db()
    assert mother.phone == "+79260000000"


def test_a_field_that_still_holds_what_the_import_wrote_follows_the_list(school: School) -> None:
    lists.run(school, table(ELKIN))
    corrected = [*ELKIN[:2], "02.02.2013", *ELKIN[3:]]
    plan = lists.run(school, table(corrected))
    assert "дата рождения: 01.02.2013 → 02.02.2013" in lists.reasons(plan, "update")
    assert of_name(school, "Ёлкин").birth_date == dt.date(2013, 2, 2)


def test_a_field_that_was_never_imported_belongs_to_people(school: School) -> None:
    pupil = f.make_pupil(
        class_named(school, "5А"), last_name="Ёлкин", first_name="Пётр", patronymic="", phone="+79260000000"
    )
    header = ["ФИО", "Класс", "Телефон"]
    lists.run(school, [header, ["Ёлкин Пётр", "5А", "89161112233"]])
    pupil.refresh_from_db()
    assert pupil.phone == "+79260000000"
    change(pupil, phone="")
    lists.run(school, [header, ["Ёлкин Пётр", "5А", "89161112233"]])
    pupil.refresh_from_db()
    assert pupil.phone == "+79161112233"


def test_a_pupil_moved_by_hand_is_not_moved_back_by_the_same_list(school: School) -> None:
    lists.run(school, table(ELKIN))
    pupil = of_name(school, "Ёлкин")
    pupils.move_pupil(by=f.administrator_of(school), person=pupil, to_class=class_named(school, "5Б"))
    plan = lists.run(school, table(ELKIN))
    assert "класс 5Б: исправлено вручную — оставлено" in lists.reasons(plan, "skip")
    assert class_of(pupil) == "5Б"


def test_who_was_taken_out_by_hand_does_not_come_back_by_the_same_list(school: School) -> None:
    rows = table(ELKIN, family("Орлов Лев", "5А"))
    lists.run(school, rows)
    for name in ("Ёлкин", "Орлов"):
        people.remove_person(by=f.administrator_of(school), person=of_name(school, name), reason="переезд")
    plan = lists.run(school, rows)
    assert lists.some(plan) == {"skip": 2}
    assert "выбыл из класса: исправлено вручную — оставлено" in lists.reasons(plan, "skip")
    assert not class_named(school, "5А").enrolments.active().exists()


def test_a_parent_unlinked_by_hand_is_not_linked_again(school: School) -> None:
    without_phone = [*ELKIN[:6], ""]
    lists.run(school, table(without_phone))
    tie = Guardianship.objects.get(school=school)
    people.remove_guardian(by=f.administrator_of(school), guardianship=tie)
    plan = lists.run(school, table(without_phone))
    assert "исправлено вручную — оставлено" in lists.reasons(plan, "skip")
    assert not Guardianship.objects.active().filter(school=school).exists()
    assert school.people.filter(last_name="Ёлкина").count() == 1


def test_the_kinship_follows_the_list_until_somebody_corrects_it(school: School) -> None:
    lists.run(school, table(ELKIN))
    as_guardian = [*ELKIN[:5], "опекун", ELKIN[6]]
    lists.run(school, table(as_guardian))
    tie = Guardianship.objects.get(school=school)
    assert tie.kind == "guardian"
    Guardianship.objects.filter(pk=tie.pk).update(kind="trustee")
    plan = lists.run(school, table(ELKIN))
    assert "попечитель: Ёлкин Пётр Ильич: исправлено вручную" in lists.reasons(plan, "skip")


def test_what_an_undone_import_wrote_counts_no_more(school: School) -> None:
    pupil = f.make_pupil(class_named(school, "5А"), last_name="Ёлкин", first_name="Пётр", patronymic="")
    header = ["ФИО", "Класс", "Телефон"]
    done = lists.run(school, [header, ["Ёлкин Пётр", "5А", "89161112233"]])
    undo.undo(by=f.administrator_of(school), act=done.act)
    change(pupil, phone="+79161112233")
    plan = lists.run(school, [header, ["Ёлкин Пётр", "5А", "89260000000"]])
    assert "исправлено вручную" in lists.reasons(plan, "skip")


# --- what follows -----------------------------------------------------------------------------------------------------


def found(school: School, text: str) -> set[str]:
    return {person.full_name for person in Person.objects.filter(school=school).search(text)}


def test_who_was_brought_or_renamed_by_a_list_is_found_in_any_spelling(school: School) -> None:
    lists.run(school, table(family("Ёлкина Алёна", "5А", "01.02.2013", "А-1")))
    for spelling in ("Yolkina", "elkina alena", "Елкина", "`krbyf"):
        assert found(school, spelling) == {"Ёлкина Алёна"}
    lists.run(school, table(family("Щёголева Алёна", "5А", "01.02.2013", "А-1")))
    for spelling in ("Shchyogoleva", "schegoleva alyona", "Щеголева"):
        assert found(school, spelling) == {"Щёголева Алёна"}
    assert found(school, "Yolkina") == set()
