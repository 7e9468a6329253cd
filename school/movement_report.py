"""The journal of movement as people read it: acts with their people, and the report on who came and who left."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .models import Act, Movement
from .person_facts import order_in_words
from .services.movements import COMING, LEAVING


@dataclass(frozen=True)
class Entry:
    """The lines of one act that stand together in the journal."""

    act: Act
    lines: list[Movement]
    route: str
    order: str

    @property
    def first(self) -> Movement:
        return self.lines[0]


def in_journal(rows: QuerySet[Movement]) -> QuerySet[Movement]:
    """The lines of one act beside each other, the latest day first."""
    named = rows.select_related("person", "from_class", "to_class", "act__done_by")
    return named.order_by("-happened_on", "-act_id", "kind", "person__last_name", "person__first_name", "pk")


def entries(lines: Iterable[Movement]) -> list[Entry]:
    """Ordered lines as entries: of one act, kind and day."""
    grouped = groupby(lines, key=lambda line: (line.happened_on, line.act_id, line.kind))
    return [_entry(list(group)) for _key, group in grouped]


def _entry(lines: list[Movement]) -> Entry:
    routes = dict.fromkeys(route_of(line) for line in lines)
    return Entry(lines[0].act, lines, "; ".join(filter(None, routes)), order_of(lines[0]))


def route_of(line: Movement) -> str:
    """«7Б → 7А», «школа № 5 → 7А», «7Б → школа № 5»."""
    if line.kind in COMING:
        ends = [line.place, str(line.to_class)]
    elif line.kind in LEAVING:
        ends = [str(line.from_class), line.place]
    else:
        ends = [str(line.from_class or ""), str(line.to_class or "")]
    return " → ".join(filter(None, ends)) or line.place


def order_of(line: Any) -> str:
    """«приказ № 12 от 01.09.2026», or nothing."""
    return order_in_words(line)


@dataclass(frozen=True)
class ReportLine:
    """One pupil who came or left."""

    line: Movement
    came: bool

    @property
    def what(self) -> str:
        return _("came") if self.came else _("left the school")

    @property
    def school_class(self) -> str:
        return str(self.line.to_class if self.came else self.line.from_class)

    @property
    def order(self) -> str:
        return order_of(self.line)


def report_lines(rows: QuerySet[Movement]) -> list[ReportLine]:
    """Who came and who left, in the order of the days; moves between classes, the staff and what was undone are not here."""
    counted = rows.standing().filter(kind__in=[*COMING, *LEAVING])  # type: ignore[attr-defined]
    named = counted.select_related("person", "from_class", "to_class")
    ordered = named.order_by("happened_on", "person__last_name", "person__first_name", "pk")
    return [ReportLine(line, line.kind in COMING) for line in ordered]


def as_table(lines: Iterable[ReportLine]) -> Iterator[list[object]]:
    """The rows of the file, the header first."""
    yield [
        *("№", pgettext("person", "Full name"), _("Date of birth"), _("Came or left"), _("Class"), _("Date")),
        *(pgettext("document", "Order"), _("From where or to where")),
    ]
    for number, row in enumerate(lines, start=1):
        person, line = row.line.person, row.line
        born, day = _day(person.birth_date), _day(line.happened_on)
        yield [number, person.full_name, born, row.what, row.school_class, day, row.order, line.place]


def _day(day: dt.date | None) -> str:
    return day.strftime("%d.%m.%Y") if day else ""
