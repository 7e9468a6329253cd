"""Importing: the list of a whole school, from the upload to the last row written."""

import io
import itertools
import time
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook

from .harness import Measured, Size, benchmark
from .joining import surname

PUPILS_OF_A_CLASS = 25
_numbers = itertools.count()
HEADINGS = [
    *("Фамилия ученика", "Имя ученика", "Отчество ученика", "Дата рождения ученика", "Номер личного дела", "Класс"),
    *("Дата зачисления", "Номер приказа", "Дата приказа", "Фамилия Родителя 1", "Имя Родителя 1"),
    *("Отчество Родителя 1", "Степень родства", "Телефон мобильный", "E-mail Родителя 1", "Фамилия Родителя 2"),
    *("Имя Родителя 2", "Отчество Родителя 2", "Степень родства", "Телефон мобильный", "E-mail Родителя 2"),
]


@benchmark("importing")
def importing(size: Size) -> Iterator[Measured]:
    """Importing: 1,000 pupils with 1,800 parents out of an XLSX, checked and applied"""
    pupils = size.of(1000, 20)
    content = workbook(pupils)
    for _ in range(size.rounds):
        steps, school = imported_by_portal(content)
        for what, seconds in steps.items():
            yield Measured(what, "s", "portal", seconds)
        yield Measured("all of it", "s", "portal", sum(steps.values()))
        yield Measured("all of it", "s", "floor", imported_by_floor(school))
        if (people := school.people.count() - 1) != pupils * 14 // 5:
            raise AssertionError(f"{people} people were imported")


def workbook(pupils: int) -> bytes:
    """A row for each pupil; four of five have two parents."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Контингент")
    sheet.append(HEADINGS)
    for number in range(pupils):
        sheet.append(row_of(number))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def row_of(number: int) -> list[str]:
    school_class, name = number // PUPILS_OF_A_CLASS, surname(number)
    mother = [f"{name}а", "Мария", "Павловна", "мать", f"8916{number:07d}", f"mother{number}@mail.ru"]
    father = [name, "Пётр", "Ильич", "отец", f"8926{number:07d}", ""] if number % 5 else [""] * 6
    return [
        *(name, "Иван", "Петрович", f"{number % 28 + 1:02d}.03.2013", f"Л-{number}"),
        *(f"{school_class % 11 + 1}{'АБВГД'[school_class // 11]}", "01.09.2025", "31", "28.08.2025"),
        *mother,
        *father,
    ]


def imported_by_portal(content: bytes) -> tuple[dict[str, float], Any]:
    """Seconds of each step, and the school that it filled."""
    from school.models import ListImport
    from school.services import import_work, imports
    from tests import factories as f

    school = f.make_school()
    by = f.administrator_of(school)
    steps: dict[str, float] = {}
    made: list[ListImport] = []

    def upload() -> None:
        made.append(imports.upload_list(by=by, school=school, name="список.xlsx", content=content))

    def check() -> None:
        columns = imports.columns_of(made[0])
        columns.create_missing = True
        imports.check_list(by=by, list_import=made[0], columns=columns)
        import_work.work_on(made[0].pk)

    def apply() -> None:
        imports.apply_import(by=by, list_import=made[0])

    for step in (upload, check, apply):
        started = time.perf_counter()
        step()
        steps[step.__name__] = time.perf_counter() - started
    return steps, school


def imported_by_floor(school: Any) -> float:
    """The same rows by COPY into tables with the same columns, indexes and checks; no file is read, nothing compared."""
    from django.db import connection, transaction

    number = next(_numbers)
    tables = [(f"floor_{number}_{name}", name, rows) for name, rows in written(school.pk).items()]
    files = {}
    with connection.cursor() as cursor:
        for floor, name, rows in tables:
            files[floor] = io.StringIO()
            cursor.cursor.copy_expert(f"COPY (SELECT * FROM {name} WHERE {rows}) TO STDOUT", files[floor])
            files[floor].seek(0)
            cursor.execute(f"CREATE TABLE {floor} (LIKE {name} INCLUDING INDEXES INCLUDING CONSTRAINTS)")
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for floor, _name, _rows in tables:
            cursor.cursor.copy_expert(f"COPY {floor} FROM STDIN", files[floor])
    return time.perf_counter() - started


def written(school: int) -> dict[str, str]:
    """The tables that an import fills, each with the condition on the rows of this school."""
    own = f"school_id = {school}"
    tables = ("person", "enrolment", "guardianship", "movement", "event")
    act = f"act_id IN (SELECT id FROM school_act WHERE {own})"
    return {
        **{f"school_{table}": own for table in tables},
        "school_importedvalues": act,
        "school_actrow": act,
        "school_importline": f"list_import_id IN (SELECT id FROM school_listimport WHERE {own})",
    }
