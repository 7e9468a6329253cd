"""Rows of the staff and of classes: the several rows of one person merged."""

import datetime as dt
from collections.abc import Iterable

from .lists import Columns, SourceRow
from .records import Problem, StaffRecord, agree, class_in, no_class, person_fields, read_each, texts_of
from .values import BadValue, ClassName, classes_of, day_of, is_nothing, short_text

_TELLING = ("birth_date", "phone")


def read_staff(rows: Iterable[SourceRow], columns: Columns, today: dt.date) -> tuple[list[StaffRecord], list[Problem]]:
    """The staff of the list. Where a row names no subject, and no column the homeroom, its class is the one led."""
    leads = "homeroom" not in columns.fields.values()
    read, problems = read_each(rows, lambda row: _member(row, leads, today), "staff")
    merged: list[StaffRecord] = []
    by_name: dict[tuple[str, str], list[StaffRecord]] = {}
    for record in read:
        namesakes = by_name.setdefault(record.key, [])
        same = [known for known in namesakes if _is_one(known, record)]
        if same:
            same[0].take(record)
        else:
            namesakes.append(record)
            merged.append(record)
    return merged, problems


def _member(row: SourceRow, leads: bool, today: dt.date) -> StaffRecord:
    texts = texts_of(row)
    fields = person_fields(texts)
    fields["birth_date"] = day_of(texts.get("birth_date", ""), today)
    record = StaffRecord([row], fields, short_text(texts.get("title", ""), "title", longest=120))
    named = [] if is_nothing(texts.get("class_name", "")) else classes_of(texts["class_name"])
    subject = short_text(texts.get("subject", ""), "subject", longest=100)
    record.has_subject = bool(subject)
    if subject:
        record.teaches = [(subject, name) for name in named]
    elif leads:
        record.homerooms = named
    if not is_nothing(texts.get("homeroom", "")):
        record.homerooms += [name for name in classes_of(texts["homeroom"]) if name not in record.homerooms]
    return record


def _is_one(one: StaffRecord, other: StaffRecord) -> bool:
    """One name is one person unless a patronymic, a birth date or a phone says otherwise."""
    differ = [one.fields[name] and other.fields[name] and one.fields[name] != other.fields[name] for name in _TELLING]
    return agree(one.patronymic, other.patronymic) and not any(differ)


def read_classes(rows: Iterable[SourceRow]) -> tuple[dict[ClassName, list[SourceRow]], list[Problem]]:
    """The classes of the list, each with its rows."""
    found: dict[ClassName, list[SourceRow]] = {}
    problems: list[Problem] = []
    for row in rows:
        try:
            texts = texts_of(row)
            name = class_in(texts, None)
            if name is None:
                raise no_class()
            found.setdefault(name, []).append(row)
        except BadValue as error:
            problems.append(Problem([row], " ".join(row.values.values())[:200], "class", str(error)))
    return found, problems
