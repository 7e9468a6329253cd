"""What is read out of a file: encodings, delimiters, headings, classes, days, phones."""

import datetime as dt
from typing import Any

import pytest

from school.importing.fields import ListKind
from school.importing.headers import find_header, guess
from school.importing.lists import Columns, SourceRow, first_header, guessed_class, guessed_columns, source_rows
from school.importing.reading import read_pasted, read_sheets
from school.importing.tables import Sheet
from school.importing.values import (
    BadValue,
    class_inside,
    class_of,
    classes_of,
    day_of,
    kinship_of,
    names_of,
    phone_of,
    post_of,
)
from tests.school.files import NAME_AND_CLASS, PER_PARENT, PER_PUPIL, TWO_LEVELS, delimited, xlsx

TODAY = dt.date(2025, 10, 1)


def rows_of(sheets: list[Sheet], name: str = "", **columns: Any) -> list[SourceRow]:
    """The rows of people, with the columns as their headings say."""
    _sheet, header = first_header(sheets)
    kind, fields = guessed_columns(header)
    return list(source_rows(sheets, Columns(kind, fields, **columns), name))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t", ",", "|"])
def test_the_encoding_and_the_delimiter_are_found(encoding: str, delimiter: str) -> None:
    (sheet,) = read_sheets(delimited(NAME_AND_CLASS, delimiter, encoding))
    assert [row.cells for row in sheet.rows] == NAME_AND_CLASS


def test_a_pasted_table_is_read_as_one_of_tabs() -> None:
    (sheet,) = read_pasted("ФИО\tТелефон\r\nИванов Иван\t8 (916) 111-22-33, доб. 5\r\n")
    assert sheet.rows[1].cells == ["Иванов Иван", "8 (916) 111-22-33, доб. 5"]


def test_spaces_that_nobody_sees_do_not_count() -> None:
    (sheet,) = read_pasted("ФИО;Класс\nИванов\u00a0 \u200bИван ; 5\u202fА\n")
    assert sheet.rows[1].cells == ["Иванов Иван", "5 А"]


def test_an_xlsx_gives_days_numbers_and_signs_as_people_write_them() -> None:
    table = [["ФИО", "Дата рождения", "Телефон", "Да"], ["Иванов Иван", dt.datetime(2012, 9, 5), 79161112233.0, True]]
    (sheet,) = read_sheets(xlsx(("5А", table)))
    assert sheet.name == "5А"
    assert sheet.rows[1].cells == ["Иванов Иван", "05.09.2012", "79161112233", "да"]


def test_a_merged_class_stands_in_each_of_its_rows() -> None:
    table = [["Класс", "ФИО"], ["5А", "Иванов Иван"], [None, "Петров Пётр"], ["5Б", "Сидоров Олег"]]
    rows = rows_of(read_sheets(xlsx(("Лист1", table), merge=["A2:A3"])))
    assert [row.values["class_name"] for row in rows] == ["5А", "5А", "5Б"]


def test_titles_above_the_headings_are_passed_and_may_name_the_class() -> None:
    table = [["МБОУ СОШ № 5"], ["Список учеников 5-А класса на 01.09.2025"], [], ["№", "ФИО"], ["1", "Иванов Иван"]]
    sheets = read_sheets(xlsx(("Лист1", table), merge=["A1:B1", "A2:B2"]))
    (row,) = rows_of(sheets)
    assert (row.label, row.values["full_name"], str(row.default_class)) == ("5", "Иванов Иван", "5А")


def test_headings_in_two_rows_are_read_as_one() -> None:
    (sheet,) = read_sheets(delimited(TWO_LEVELS))
    header = find_header(sheet)
    assert guess(header.texts) == [
        *("last_name", "first_name", "birth_date"),
        *("parent1_full_name", "parent1_phone", "parent2_full_name", "parent2_phone"),
    ]
    assert len(rows_of([sheet])) == 1


def test_headings_repeated_on_each_page_and_rows_of_numbers_are_nobody() -> None:
    table = [["ФИО", "Класс"], ["1", "2"], ["Иванов Иван", "5А"], ["ФИО", "Класс"], ["Петров Пётр", "5А"]]
    assert [row.values["full_name"] for row in rows_of(read_sheets(delimited(table)))] == ["Иванов Иван", "Петров Пётр"]


def test_a_row_of_a_class_alone_is_the_class_of_the_rows_below() -> None:
    table = [["№", "ФИО"], ["5А класс"], ["1", "Иванов Иван"], ["", "5 «Б»"], ["1", "Петров Пётр"]]
    rows = rows_of(read_sheets(delimited(table)))
    assert [(row.values["full_name"], str(row.default_class)) for row in rows] == [
        ("Иванов Иван", "5А"),
        ("Петров Пётр", "5Б"),
    ]


def test_a_sheet_for_each_class() -> None:
    table = [["ФИО"], ["Иванов Иван"]]
    sheets = read_sheets(xlsx(("5А", table), ("5Б", table), ("Легенда", [["Коды", "значения"], ["1", "да"]])))
    skipped: list[str] = []
    rows = list(source_rows(sheets, Columns(fields={"фио": "full_name"}), "список.xlsx", skipped))
    assert [(row.label, str(row.default_class)) for row in rows] == [("5А: 2", "5А"), ("5Б: 2", "5Б")]
    assert skipped == ["Легенда"]


def test_the_class_comes_from_the_sheet_or_the_file() -> None:
    for name, sheet, expected in [("список.xlsx", "7-Б", "7Б"), ("10 «Физмат».xlsx", "Лист1", "10 Физмат")]:
        sheets = read_sheets(xlsx((sheet, PER_PARENT)))
        found = guessed_class(*first_header(sheets), name, alone=True)
        assert str(found) == expected


def test_a_hidden_sheet_is_not_read() -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    book = load_workbook(BytesIO(xlsx(("5А", NAME_AND_CLASS), ("старое", NAME_AND_CLASS))))
    book["старое"].sheet_state = "hidden"
    stream = BytesIO()
    book.save(stream)
    assert [sheet.name for sheet in read_sheets(stream.getvalue())] == ["5А"]


def test_whose_list_it_is() -> None:
    for texts, kind in [
        (PER_PUPIL[0], ListKind.PUPILS),
        (["ФИО", "Должность", "Класс"], ListKind.STAFF),
        (["ФИО учителя", "Предмет", "Классы"], ListKind.STAFF),
        (["Класс", "Количество"], ListKind.CLASSES),
    ]:
        (sheet,) = read_sheets(delimited([texts, ["х"] * len(texts)]))
        assert guessed_columns(find_header(sheet))[0] == kind


def test_columns_of_the_father_and_the_mother() -> None:
    texts = ["№ п/п", "ФИО ребёнка", "ФИО матери", "Телефон", "ФИО отца", "Телефон домашний", "Моб. телефон отца"]
    assert guess(texts) == [
        *("", "full_name", "parent1_full_name", "parent1_phone", "parent2_full_name", "", "parent2_phone"),
    ]


def test_unknown_headings_are_shown_for_a_person_to_name_them() -> None:
    (sheet,) = read_sheets(delimited([["Список"], ["Кто", "Группа"], ["Иванов Иван", "5А"]]))
    header = find_header(sheet)
    assert (header.recognised, header.texts) == (False, ["Кто", "Группа"])


@pytest.mark.parametrize("text", ["5А", "5 А", "5-А", "5 «А»", '5 "А"', "5a", "5A", "5А класс", "класс 5А", "5 кл. А"])
def test_spellings_of_one_class(text: str) -> None:
    assert class_of(text) == class_of("5А")
    assert str(class_of(text)) == "5А"


@pytest.mark.parametrize("text", ["5", "А5", "13А", "класс", "0А", "5 5"])
def test_what_is_no_class(text: str) -> None:
    with pytest.raises(BadValue):
        class_of(text)


def test_classes_in_one_cell() -> None:
    assert [str(name) for name in classes_of("5А, 5 Б; 10 Физмат 11А")] == ["5А", "5Б", "10 Физмат", "11А"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Список 5-А класса.xlsx", "5А"),
        ("7 Б 2025", "7Б"),
        ("Лист1", ""),
        ("2025-09-01 список", ""),
        ("5 классы", ""),
        ("11 сентября", ""),
        ("5А и 5Б", ""),
        ("10 «Физмат»", "10 Физмат"),
    ],
)
def test_the_class_inside_a_name(text: str, found: str) -> None:
    assert str(class_inside(text) or "") == found


@pytest.mark.parametrize(
    "text", ["05.09.2012", "5.9.12", "05/09/2012", "2012-09-05", "2012-09-05 00:00:00", "41157", "5 сентября 2012 г."]
)
def test_spellings_of_one_day(text: str) -> None:
    assert day_of(text, TODAY) == dt.date(2012, 9, 5)


@pytest.mark.parametrize(
    ("text", "said"),
    [("31.02.2012", "не дата"), ("вчера", "не дата"), ("05.09.2090", "ещё не наступила"), ("5", "не дата")],
)
def test_what_is_no_day(text: str, said: str) -> None:
    with pytest.raises(BadValue, match=said):
        day_of(text, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "8 (916) 111-22-33",
        "79161112233",
        "9161112233",
        "+7-916-111-22-33",
        "89161112233, 89250000000",
        "8916 111 22 33",
    ],
)
def test_spellings_of_one_phone(text: str) -> None:
    assert phone_of(text) == "+79161112233"


def test_a_phone_that_the_spreadsheet_spoilt_is_told() -> None:
    with pytest.raises(BadValue, match="испорчен"):
        phone_of("7,91611E+10")
    assert phone_of("нет") == phone_of("—") == ""


def test_names() -> None:
    whole = names_of({"full_name": "САЛТЫКОВ-ЩЕДРИН Михаил Евграф оглы"})
    assert list(whole.values()) == ["Салтыков-Щедрин", "Михаил", "Евграф оглы"]
    assert names_of({"full_name": "Ким Анна"})["patronymic"] == ""
    for bad in ({"full_name": "Иванов"}, {"full_name": "Итого: 25"}, {"last_name": "5А", "first_name": "Иван"}, {}):
        with pytest.raises(BadValue):
            names_of(bad)


@pytest.mark.parametrize(
    ("text", "patronymic", "kind"),
    [
        *(("мать", "", "mother"), ("Мама", "", "mother"), ("отец", "", "father"), ("опекун", "", "guardian")),
        *(("попечитель", "", "trustee"), ("родитель", "Ивановна", "mother"), ("", "Ильич", "father")),
        ("законный представитель", "", "guardian"),
    ],
)
def test_kinship(text: str, patronymic: str, kind: str) -> None:
    assert kinship_of(text, patronymic) == kind


def test_a_grandmother_is_not_taken_for_a_guardian() -> None:
    with pytest.raises(BadValue, match="бабушка"):
        kinship_of("бабушка", "Ивановна")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        *(("Учитель математики", "teacher"), ("директор", "director"), ("Зам. директора по УВР", "deputy")),
        *(("заместитель директора", "deputy"), ("педагог доп. образования", "extra_teacher")),
        *(("администратор", "employee"), ("секретарь", "employee"), ("педагог-психолог", "teacher")),
    ],
)
def test_a_position_by_the_words_of_its_title(title: str, kind: str) -> None:
    assert post_of(title, teaches=False) == kind
