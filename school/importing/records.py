"""Whom the rows of a list mean: people as the file knows them, each merged out of his rows; and the rows that fail."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ..text import fold
from .lists import SourceRow
from .values import BadValue, ClassName, checked, class_of, email_of, names_of, phone_of

NAMES = ("last_name", "first_name", "patronymic")


@dataclass(eq=False)
class Named:
    """Somebody of the file: the rows he stands in, and the fields that they give."""

    rows: list[SourceRow]
    fields: dict[str, Any]

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.fields[name] for name in NAMES)))

    @property
    def key(self) -> tuple[str, str]:
        """Last and first name, in the form in which spellings are equal."""
        return fold(self.fields["last_name"]), fold(self.fields["first_name"])

    @property
    def patronymic(self) -> str:
        return fold(self.fields["patronymic"])

    def take(self, other: "Named") -> None:
        """One more row of the same person: what the first ones left empty comes from it."""
        self.rows += [row for row in other.rows if row not in self.rows]
        for name, value in other.fields.items():
            self.fields[name] = self.fields.get(name) or value


@dataclass(eq=False)
class ParentRecord(Named):
    kind: str = ""
    says_kind: bool = False


@dataclass(eq=False)
class PupilRecord(Named):
    school_class: ClassName | None = None
    enrolled_on: dt.date | None = None
    order: dict[str, Any] = field(default_factory=dict)
    parents: list[ParentRecord] = field(default_factory=list)

    def take(self, other: Named) -> None:
        super().take(other)
        if isinstance(other, PupilRecord):
            self.school_class = self.school_class or other.school_class
            self.enrolled_on = self.enrolled_on or other.enrolled_on
            self.order = self.order or other.order
            for parent in other.parents:
                self.add_parent(parent)

    def add_parent(self, parent: ParentRecord) -> None:
        for known in self.parents:
            if known.key == parent.key and agree(known.patronymic, parent.patronymic):
                known.take(parent)
                return
        self.parents.append(parent)


@dataclass(eq=False)
class StaffRecord(Named):
    title: str = ""
    homerooms: list[ClassName] = field(default_factory=list)
    teaches: list[tuple[str, ClassName]] = field(default_factory=list)
    has_subject: bool = False

    def take(self, other: Named) -> None:
        super().take(other)
        if isinstance(other, StaffRecord):
            self.title = self.title or other.title
            self.has_subject = self.has_subject or other.has_subject
            self.homerooms += [name for name in other.homerooms if name not in self.homerooms]
            self.teaches += [taught for taught in other.teaches if taught not in self.teaches]


@dataclass
class Problem:
    """Rows that are not taken, whom they seem to mean, and why."""

    rows: list[SourceRow]
    who: str
    what: str
    reason: str


def agree(one: str, other: str) -> bool:
    """Two patronymics, or one of them is missing: they do not tell people apart."""
    return not one or not other or one == other


def texts_of(row: SourceRow, prefix: str = "") -> dict[str, str]:
    """The row's texts whose fields begin so, without the prefix. Raises `BadValue` for a broken formula."""
    return {
        name.removeprefix(prefix): checked(text)
        for name, text in row.values.items()
        if text and name.startswith(prefix)
    }


def who_of(row: SourceRow) -> str:
    """The name in a row that could not be read, as it stands there."""
    names = [row.values.get(name, "") for name in ("full_name", *NAMES)]
    return " ".join(filter(None, names))[:200]


def person_fields(texts: dict[str, str]) -> dict[str, Any]:
    """Names and contacts. Raises `BadValue`."""
    return {
        **names_of(texts),
        "phone": phone_of(texts.get("phone", "")),
        "email": email_of(texts.get("email", "")),
    }


def class_in(texts: dict[str, str], default: ClassName | None) -> ClassName | None:
    """The class of the row, of its parallel and letter, or that of the list."""
    if texts.get("class_name"):
        return class_of(texts["class_name"])
    if texts.get("parallel") and texts.get("letter"):
        return class_of(f"{texts['parallel']} {texts['letter']}")
    return default


def read_each(
    rows: Iterable[SourceRow], read: Callable[[SourceRow], Named], what: str
) -> tuple[list[Any], list[Problem]]:
    """What every row says; a row that cannot be read becomes a problem."""
    found: list[Any] = []
    problems: list[Problem] = []
    for row in rows:
        try:
            found.append(read(row))
        except BadValue as error:
            problems.append(Problem([row], who_of(row), what, str(error)))
    return found, problems


def no_class() -> BadValue:
    return BadValue(_("The class is not said: add a column with it, or name the class of the whole list."))
