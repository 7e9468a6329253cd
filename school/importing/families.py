"""Rows of pupils and parents: the several rows of one pupil merged, namesakes told apart, contradictions found."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _

from ..text import fold
from .fields import SLOTS, parent_field
from .lists import SourceRow
from .records import (
    ParentRecord,
    Problem,
    PupilRecord,
    agree,
    class_in,
    no_class,
    person_fields,
    read_each,
    texts_of,
)
from .values import BadValue, day_of, kinship_of, says_kinship, short_text


def read_families(rows: Iterable[SourceRow], today: dt.date) -> tuple[list[PupilRecord], list[Problem]]:
    """The pupils of the list, each with his parents; and the rows that are not taken."""
    parents_failed: list[Problem] = []
    read, problems = read_each(rows, lambda row: _pupil(row, today, parents_failed), "pupil")
    merged, contradictions = _merged(read)
    contradictions += _contradictions(merged, contradictions)
    bad = {id(row) for problem in contradictions for row in problem.rows}
    pupils = [pupil for pupil in merged if not any(id(row) in bad for row in pupil.rows)]
    lost = bad | {id(row) for problem in problems for row in problem.rows}
    problems += contradictions
    problems += [problem for problem in parents_failed if id(problem.rows[0]) not in lost]
    return pupils, problems


def _pupil(row: SourceRow, today: dt.date, parents_failed: list[Problem]) -> PupilRecord:
    texts = texts_of(row)
    fields = person_fields(texts)
    fields["birth_date"] = day_of(texts.get("birth_date", ""), today)
    fields["file_number"] = short_text(texts.get("file_number", ""), "file_number")
    school_class = class_in(texts, row.default_class)
    if school_class is None:
        raise no_class()
    record = PupilRecord([row], fields, school_class, day_of(texts.get("enrolled_on", ""), today))
    if number := short_text(texts.get("order_number", ""), "order_number"):
        record.order = {"order_number": number, "order_date": day_of(texts.get("order_date", ""), today)}
    for slot in SLOTS:
        try:
            if parent := _parent(row, slot):
                record.add_parent(parent)
        except BadValue as error:
            who = row.values.get(parent_field(slot, "full_name"), "") or row.values.get(
                parent_field(slot, "last_name"), ""
            )
            parents_failed.append(Problem([row], who or record.name, "parent", str(error)))
    return record


def _parent(row: SourceRow, slot: int) -> ParentRecord | None:
    """The parent of these columns; None where they say nothing but, at most, the kinship."""
    texts = texts_of(row, parent_field(slot, ""))
    said = texts.pop("kind", "")
    if not any(texts.values()):
        return None
    fields = person_fields(texts)
    heading = row.kinships.get(slot, "")
    kind = kinship_of(said or {"mother": "мать", "father": "отец"}.get(heading, ""), fields["patronymic"])
    return ParentRecord([row], fields, kind, says_kinship(said) or bool(heading))


def _merged(read: list[PupilRecord]) -> tuple[list[PupilRecord], list[Problem]]:
    """Rows with one name in one class are one pupil unless a number, a patronymic or a birth date says otherwise."""
    of_class: dict[tuple, list[PupilRecord]] = defaultdict(list)
    problems: list[Problem] = []
    merged: list[PupilRecord] = []
    for record in read:
        namesakes = of_class[record.key, record.school_class]
        same = [known for known in namesakes if _may_be_one(known, record)]
        clash = next((known for known in same if _differ(known, record, "birth_date")), None)
        if clash and not _same_number(clash, record):
            problems.append(_two_birthdays(clash, record))
        if same and not clash:
            same[0].take(record)
        else:
            namesakes.append(record)
            merged.append(record)
    return merged, problems


def _may_be_one(one: PupilRecord, other: PupilRecord) -> bool:
    if _same_number(one, other):
        return True
    return not _differ(one, other, "file_number") and agree(one.patronymic, other.patronymic)


def _same_number(one: PupilRecord, other: PupilRecord) -> bool:
    number = one.fields["file_number"]
    return bool(number) and fold(number) == fold(other.fields["file_number"] or "")


def _differ(one: PupilRecord, other: PupilRecord, name: str) -> bool:
    values = one.fields[name], other.fields[name]
    return all(values) and values[0] != values[1]


def _two_birthdays(one: PupilRecord, other: PupilRecord) -> Problem:
    days = " · ".join(f"{record.fields['birth_date']:%d.%m.%Y}" for record in (one, other))
    text = _("%(name)s stands twice with different dates of birth (%(days)s): correct one of the rows.")
    return Problem(one.rows + other.rows, one.name, "pupil", text % {"name": one.name, "days": days})


def _contradictions(merged: list[PupilRecord], known: list[Problem]) -> list[Problem]:
    """One personal file of two pupils; one pupil in two classes."""
    told = {id(row) for problem in known for row in problem.rows}
    by_number: dict[str, list[PupilRecord]] = defaultdict(list)
    by_birth: dict[tuple, list[PupilRecord]] = defaultdict(list)
    for record in merged:
        if any(id(row) in told for row in record.rows):
            continue
        if record.fields["file_number"]:
            by_number[fold(record.fields["file_number"])].append(record)
        if record.fields["birth_date"]:
            by_birth[record.key, record.fields["birth_date"]].append(record)
    problems = []
    for several in (found for found in by_number.values() if len(found) > 1):
        names = ", ".join(dict.fromkeys(f"{record.name}, {record.school_class}" for record in several))
        text = _("The personal file № %(number)s stands in several rows: %(names)s.")
        problems.append(_problem(several, text % {"number": several[0].fields["file_number"], "names": names}))
    for several in (found for found in by_birth.values() if len(found) > 1):
        for one in several[1:]:
            if agree(several[0].patronymic, one.patronymic) and not _differ(several[0], one, "file_number"):
                classes = f"{several[0].school_class}, {one.school_class}"
                text = _("%(name)s stands in two classes: %(classes)s.") % {"name": one.name, "classes": classes}
                problems.append(_problem([several[0], one], text))
    return problems


def _problem(records: list[PupilRecord], reason: str) -> Problem:
    return Problem([row for record in records for row in record.rows], records[0].name, "pupil", reason)
