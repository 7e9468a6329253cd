"""Files that cannot be read, and rows that cannot be taken: each has its answer, nothing is half-written."""

import io
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from school import undo
from school.drift import check_rights
from school.importing import tables
from school.importing.lists import Columns, first_header, guessed_columns, packed, unpacked, without_sensitive
from school.importing.making import make_plan
from school.importing.plan import Allowed
from school.importing.reading import read_pasted, read_sheets
from school.importing.tables import BadFile
from school.models import ListImport, School
from school.services import imports
from tests import factories as f
from tests.school import imports as lists
from tests.school.files import FORMS, NAME_AND_CLASS, SIMPLE, delimited, xlsx

BOMB_NAME = "xl/worksheets/sheet1.xml"


def repacked(content: bytes, **replaced: bytes) -> bytes:
    """The same XLSX with other parts inside; their names without the folders and the endings."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            key = name.rpartition("/")[2].partition(".")[0]
            new.writestr(name, replaced.get(key, old.read(name)))
    return stream.getvalue()


def bomb() -> bytes:
    return repacked(xlsx(("5А", NAME_AND_CLASS)), sheet1=b"<x>" + b" " * (tables.LARGEST_UNPACKED + 1))


def laughs() -> bytes:
    """An XML that would grow to a billion laughs."""
    lines = "".join(
        f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" * 1}{("&l" + str(n - 1) + ";") * 9}">' for n in range(1, 12)
    )
    xml = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ха">{lines}]><x>&l11;</x>'
    return repacked(xlsx(("5А", NAME_AND_CLASS)), sharedStrings=xml.encode(), workbook=xml.encode())


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return stream.getvalue()


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "ничего нет"),
    "spaces": (lambda: b" \r\n ;;; \r\n", "ничего нет"),
    "empty sheet": (lambda: xlsx(("Лист1", [])), "ничего нет"),
    "cut off": (lambda: xlsx(("5А", NAME_AND_CLASS))[:-200], "повреждён"),
    "spoilt inside": (lambda: repacked(xlsx(("5А", NAME_AND_CLASS)), sheet1=b"<worksheet><row>"), "повреждён"),
    "zip bomb": (bomb, "слишком велик"),
    "billion laughs": (laughs, "повреждён"),
    "old xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "XLS"),
    "pdf": (lambda: b"%PDF-1.7\n", "не таблица"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "не таблица"),
    "binary": (lambda: b"\x00\x01\x02\x98" * 50, "не таблица"),
    "web page": (lambda: b"<html><table><tr><td>1</table>", "веб-страница"),
    "word": (lambda: archive("[Content_Types].xml", "word/document.xml"), "Word"),
    "opendocument": (lambda: archive("mimetype", "content.xml"), "OpenDocument"),
    "archive": (lambda: archive("список.csv"), "архив"),
    "open quote": (lambda: 'ФИО;Класс\n"Иванов Иван;5А\nПетров Пётр;5А\n'.encode(), "кавычка"),
    "endless cell": (lambda: ("ФИО;Класс\nИванов " + "и" * 2000 + ";5А\n").encode(), "кавычка"),
    "huge cell": (lambda: ("ФИО;Класс\n" + "и" * 200_000 + ";5А\n").encode(), "длиннее"),
    "too large": (lambda: b"a;b\n" * (tables.LARGEST_FILE // 4 + 1), "больше 10 МБ"),
    "too many rows": (lambda: b"a;b\n" * (tables.MOST_ROWS + 1), "10000 строк"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_file_that_is_no_list_is_refused_in_words(what: str) -> None:
    content, said = BAD[what]
    with pytest.raises(BadFile, match=said):
        read_sheets(content())


def test_a_million_rows_are_refused_long_before_their_end() -> None:
    """The directory of the archive is within the limit; the rows are counted while they are read."""
    row = b'<row><c t="str"><v>a</v></c></row>'
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    content = repacked(xlsx(("5А", NAME_AND_CLASS)), sheet1=sheet + row * 1_000_000 + b"</sheetData></worksheet>")
    with pytest.raises(BadFile, match="10000 строк"):
        read_sheets(content)


def test_too_many_sheets() -> None:
    with pytest.raises(BadFile, match="листов"):
        read_sheets(xlsx(*((f"{number}", NAME_AND_CLASS) for number in range(tables.MOST_SHEETS + 1))))


def test_merges_that_lie_over_each_other_are_refused_before_they_are_filled() -> None:
    rows = [["ФИО", *[""] * 50, "Иванов Иван"] for _number in range(120)]
    content = xlsx(("5А", rows), merge=[f"A1:AX{last}" for last in range(2, 121)])
    with pytest.raises(BadFile):
        read_sheets(content)


def test_a_merge_of_the_whole_sheet_fills_only_what_is_there() -> None:
    content = xlsx(("5А", [["ФИО"], ["Иванов Иван"]]), merge=["A1:B2"])
    sheet1 = zipfile.ZipFile(io.BytesIO(content)).read(BOMB_NAME).replace(b"A1:B2", b"A1:XFD1048576")
    (sheet,) = read_sheets(repacked(content, sheet1=sheet1))
    assert max(len(row.cells) for row in sheet.rows) <= tables.MOST_COLUMNS


@pytest.mark.django_db
class TestRows:
    """Rows that cannot be taken, beside one that can."""

    @pytest.fixture
    def school(self) -> School:
        school = f.make_school()
        f.make_class(school, "5А")
        return school

    def check(self, school: School, *rows: list[Any], header: str = "ФИО;Класс;Дата рождения") -> ListImport:
        table = [header.split(";"), ["Хороший Иван", "5А", "01.02.2013"], *rows]
        return lists.plan(school, delimited(table), create_missing=False)

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            (["Иванов", "5А", ""], "фамилия и имя"),
            (["Итого 25", "", ""], "не имя"),
            (["Иванов Иван", "5В", ""], "Нет класса 5В: создайте его или отметьте"),
            (["Иванов Иван", "пятый", ""], "не класс"),
            (["Иванов Иван", "", ""], "Не указан класс"),
            (["Иванов Иван", "5А", "01.02.2090"], "ещё не наступила"),
            (["Иванов Иван", "5А", "#REF!"], "Формула"),
            (["Иванов " + "и" * 120, "5А", ""], "слишком длинно"),
        ],
    )
    def test_a_row_is_refused_with_its_reason(self, school: School, row: list[str], said: str) -> None:
        plan = self.check(school, row)
        assert said in lists.reasons(plan)
        assert lists.some(plan) == {"create": 1, "error": 1}
        lists.applied(plan)
        assert school.people.filter(last_name="Хороший").exists()
        assert not school.people.filter(last_name="Иванов").exists()

    def test_one_child_with_two_birthdays_is_an_error_in_both_rows(self, school: School) -> None:
        plan = self.check(school, ["Ёлкин Пётр", "5А", "01.02.2013"], ["Елкин Петр", "5 «А»", "02.02.2013"])
        (line,) = plan.lines.filter(outcome="error")
        assert (line.rows, len(line.cells)) == ("3, 4", 2)
        assert "01.02.2013 · 02.02.2013" in line.reason

    def test_one_child_in_two_classes(self, school: School) -> None:
        f.make_class(school, "5Б")
        plan = self.check(school, ["Ёлкин Пётр", "5А", "01.02.2013"], ["Ёлкин Пётр", "5Б", "01.02.2013"])
        assert "в двух классах: 5А, 5Б" in lists.reasons(plan)

    def test_one_personal_file_of_two_children(self, school: School) -> None:
        plan = self.check(
            school,
            ["Ёлкин Пётр", "5А", "1", ""],
            ["Орлов Олег", "5А", "1", ""],
            header="ФИО;Класс;Личное дело №;Телефон",
        )
        assert "Личное дело № 1 указано у разных учеников" in lists.reasons(plan)

    def test_formulas_give_their_stored_value_or_an_error(self, school: School) -> None:
        book = Workbook()
        for row in (["ФИО", "Класс"], ["Иванов Иван", '="5"&"А"']):
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        plan = lists.plan(school, stream.getvalue(), "список.xlsx")
        assert "Формула в этой строке не даёт значения" in lists.reasons(plan)
        sheet = zipfile.ZipFile(stream).read(BOMB_NAME)
        stored = sheet.replace(b"<v></v>", b"<v>5\xd0\x90</v>").replace(b"<v />", b"<v>5\xd0\x90</v>")
        stored = stored.replace(b'<c r="B2">', b'<c r="B2" t="str">')
        computed = repacked(stream.getvalue(), sheet1=stored)
        assert lists.some(lists.plan(school, computed, "список.xlsx")) == {"create": 1}

    def test_neighbours_share_a_phone(self, school: School) -> None:
        header = ["ФИО", "Класс", "ФИО родителя", "Тип представителя", "Телефон родителя"]
        rows = [
            ["Ёлкин Пётр", "5А", "Ёлкина Мария", "мать", "89161112233"],
            ["Орлов Олег", "5А", "Орлова Вера", "мать", "89161112233"],
        ]
        done = lists.run(school, [header, *rows])
        assert school.people.filter(phone="+79161112233").count() == 2
        again = lists.plan(school, [header, *rows])
        assert (lists.some(done), lists.some(again)) == ({"create": 4}, {"skip": 4})

    def test_a_parent_that_cannot_be_read_does_not_stop_the_pupil(self, school: School) -> None:
        header = ["ФИО", "Класс", "ФИО родителя", "Тип представителя", "Телефон родителя"]
        rows = [
            ["Ёлкин Пётр", "5А", "Ёлкина Мария", "бабушка", ""],
            ["Орлов Олег", "5А", "Орлова", "мать", ""],
            ["Панов Ян", "5А", "Панова Яна", "мать", "12"],
            ["Белов Лев", "5А", "Белов Лев", "отец", ""],
        ]
        plan = lists.plan(school, [header, *rows])
        assert lists.some(plan) == {"create": 4, "error": 4}
        assert set(plan.lines.filter(outcome="error").values_list("what", flat=True)) == {"parent"}


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, cut out, doubled or put in."""
    spoilt = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(spoilt) or 1)
        match chance.randrange(5):
            case 0:
                spoilt[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del spoilt[at : at + chance.randint(1, 40)]
            case 2:
                spoilt[at:at] = spoilt[at : at + chance.randint(1, 60)]
            case 3:
                spoilt[at:at] = chance.choice([b'"', b";", b"\n", b"\t", b"\0", b"=1+1", "Ж".encode(), b"\xff\xfe"])
            case _:
                spoilt = spoilt[: max(at, 1)]
    return bytes(spoilt)


def inside(content: bytes, chance: random.Random) -> bytes:
    """An XLSX whose archive is whole and whose sheet is not."""
    parts = {"sheet1": mutated(zipfile.ZipFile(io.BytesIO(content)).read(BOMB_NAME), chance)}
    return repacked(content, **parts)


def spoilt(number: int, chance: random.Random) -> bytes:
    content = ORIGINALS[number % len(ORIGINALS)]
    return inside(content, chance) if content.startswith(b"PK") and number % 2 else mutated(content, chance)


ORIGINALS = [form.content() for form in FORMS]


@pytest.mark.django_db
def test_two_thousand_spoilt_files_are_refused_or_planned_without_a_write() -> None:
    """Whatever a file holds: the declared refusal, or a plan; and a plan only reads."""
    school, chance, planned = f.make_school(), random.Random(20250901), 0
    f.make_class(school, "5А")
    with CaptureQueriesContext(connection) as queries:
        for number in range(2000):
            with suppress(BadFile):
                sheets = unpacked(packed(without_sensitive(read_sheets(spoilt(number, chance)))))
                _sheet, header = first_header(sheets)
                columns = Columns(*guessed_columns(header), create_missing=True)
                plan, _roster = make_plan(school, sheets, columns, name="5А.csv", allowed=Allowed(classes=True))
                plan.lines()
                planned += 1
    assert 500 < planned < 1700
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}


@pytest.mark.django_db
def test_spoilt_files_are_applied_whole_or_not_at_all() -> None:
    school, chance = f.make_school(), random.Random(1)
    by = f.administrator_of(school)
    applied = 0
    for number in range(60):
        before = _everything(school)
        with suppress(BadFile):
            made = lists.uploaded(school, spoilt(number, chance), "5А.csv", by)
            if imports.columns_of(made).is_enough:
                lists.checked(made, by)
                assert (made.state, _everything(school)) == (ListImport.State.PLANNED, before)
                lists.applied(made, by)
                if made.act:
                    undo.undo(by=by, act=made.act)
                    applied += 1
                assert _everything(school) == before
    assert applied > 10
    assert not check_rights(school)


def _everything(school: School) -> dict[str, int]:
    """How many rows of each kind there are."""
    return {model.__name__: model._default_manager.filter(school=school).count() for model in undo.TRACKED}


def test_what_is_pasted_may_hold_anything() -> None:
    chance = random.Random(7)
    text, read = delimited(SIMPLE).decode("utf-8-sig"), 0
    for _ in range(300):
        with suppress(BadFile):
            read_pasted(mutated(text.encode(), chance).decode(errors="replace"))
            read += 1
    assert 100 < read < 300
