"""What an import would write, and the lines that say so. A plan writes nothing; it is made anew before it is applied."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ..models import Enrolment, Guardianship, ImportLine, Person, StaffPosition
from ..text import fold
from .lists import SourceRow
from .records import NAMES, Problem
from .values import ClassName

Outcome, What = ImportLine.Outcome, ImportLine.What
PERSON_FIELDS = (*NAMES, "birth_date", "phone", "email", "file_number")


@dataclass(frozen=True)
class Allowed:
    """What may be made along the way by who imports, and was asked for."""

    classes: bool = False
    director: bool = False


@dataclass(eq=False)
class Draft:
    """Somebody of the list and the person whom the portal has for him, or will have: what is to be written about him."""

    what: str
    person: Person
    rows: list[SourceRow]
    place: str = ""
    changes: dict[str, Any] = field(default_factory=dict)
    written: dict[str, Any] = field(default_factory=dict)  # by field, plain: what this import writes
    notes: list[str] = field(default_factory=list)
    returns: bool = False  # had left the school
    moves: bool = False
    facts: int = 0  # new facts about him, beside his fields

    @property
    def is_new(self) -> bool:
        return self.person.pk is None

    @property
    def outcome(self) -> str:
        if self.is_new or self.returns:
            return Outcome.CREATE
        if self.moves:
            return Outcome.MOVE
        return Outcome.UPDATE if self.changes or self.facts else Outcome.SKIP

    def add_rows(self, rows: Iterable[SourceRow]) -> None:
        self.rows += [row for row in rows if row not in self.rows]

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def keep(self, what: str) -> None:
        """Somebody corrected it by hand after the last import: it stays so."""
        self.note(_("%(what)s: corrected by hand, kept") % {"what": what})


@dataclass
class NewEnrolment:
    pupil: Draft
    school_class: ClassName
    order: dict[str, Any]
    day: dt.date | None = None
    old: Enrolment | None = None


@dataclass
class NewTie:
    parent: Draft
    pupil: Draft
    kind: str


@dataclass
class NewKind:
    tie: Guardianship
    parent: Draft
    pupil: Draft
    kind: str


@dataclass
class NewPosition:
    member: Draft
    kind: str
    title: str
    old: StaffPosition | None = None  # whose title changes


@dataclass
class NewHomeroom:
    member: Draft
    school_class: ClassName


@dataclass
class NewTeaching:
    member: Draft
    subject: str
    school_class: ClassName


@dataclass
class Line:
    outcome: str
    what: str
    rows: list[SourceRow]
    who: str
    place: str = ""
    reason: str = ""

    @property
    def labels(self) -> str:
        return ", ".join(dict.fromkeys(row.label for row in self.rows))[:200]


@dataclass
class Plan:
    """Everything that an import would do, in lists of a kind."""

    drafts: list[Draft] = field(default_factory=list)
    classes: list[ClassName] = field(default_factory=list)  # to be made
    enrolments: list[NewEnrolment] = field(default_factory=list)
    ties: list[NewTie] = field(default_factory=list)
    kinds: list[NewKind] = field(default_factory=list)
    positions: list[NewPosition] = field(default_factory=list)
    homerooms: list[NewHomeroom] = field(default_factory=list)
    teachings: list[NewTeaching] = field(default_factory=list)
    extra: list[Line] = field(default_factory=list)  # lines about classes and about who is missing
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    total: int = 0
    _drafts: dict[int, Draft] = field(default_factory=dict)

    def draft_of(self, what: str, person: Person, rows: list[SourceRow]) -> Draft:
        """The draft of a person who is in the lists already: one for each, whatever rows mean him."""
        draft = self._drafts.get(person.pk)
        if draft is None:
            draft = self._drafts[person.pk] = Draft(what, person, list(rows))
            self.drafts.append(draft)
        draft.add_rows(rows)
        return draft

    def has_draft(self, person: Person) -> bool:
        return person.pk in self._drafts

    def new_draft(self, what: str, person: Person, rows: list[SourceRow]) -> Draft:
        draft = Draft(what, person, list(rows))
        draft.written = {name: plain(getattr(person, name)) for name in PERSON_FIELDS if getattr(person, name)}
        for name in ("birth_date", "file_number", "phone"):
            if value := getattr(person, name):
                draft.note(f"{_label(name)}: {_shown(value)}")
        self.drafts.append(draft)
        return draft

    def problem(self, rows: list[SourceRow], who: str, what: str, reason: str) -> None:
        self.problems.append(Problem(rows, who, what, reason))

    @property
    def changes_something(self) -> bool:
        return bool(self.classes) or any(draft.outcome != Outcome.SKIP for draft in self.drafts)

    def lines(self) -> list[Line]:
        lines = [
            Line(draft.outcome, draft.what, draft.rows, draft.person.full_name, draft.place, "; ".join(draft.notes))
            for draft in self.drafts
        ]
        errors = [Line(Outcome.ERROR, p.what, p.rows, p.who or _("no name"), "", p.reason) for p in self.problems]
        return lines + self.extra + errors

    def counts(self, lines: list[Line]) -> dict[str, int]:
        found = Counter(line.outcome for line in lines)
        return {outcome: found[outcome] for outcome in Outcome.values}


def digest_of(lines: list[Line]) -> str:
    """Equal for plans that say the same; who is missing does not count."""
    said = [
        [line.outcome, line.what, line.labels, line.who, line.place, line.reason]
        for line in lines
        if line.outcome != Outcome.MISSING
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def merge(draft: Draft, fields: dict[str, Any], last_written: dict[str, Any]) -> None:
    """Take over what the list says, unless somebody corrected it since the last import wrote it.

    An empty cell never empties a field. Spellings of a name that are equal in search are equal here.
    """
    for name in PERSON_FIELDS:
        value = fields.get(name)
        current = draft.changes.get(name) or getattr(draft.person, name)
        if not value or _is_same(name, current, value):
            continue
        label = _label(name)
        if current and name not in draft.changes and last_written.get(name) != plain(current):
            draft.keep(label)
            continue
        draft.note(f"{label}: {_shown(current)} → {_shown(value)}" if current else f"{label}: {_shown(value)}")
        draft.changes[name] = value
        draft.written[name] = plain(value)


def _is_same(name: str, current: Any, value: Any) -> bool:
    if name in (*NAMES, "file_number"):
        return fold(str(current or "")) == fold(value)
    if name == "email":
        return str(current or "").lower() == value.lower()
    return bool(current == value)


def _label(name: str) -> str:
    return str(Person._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _shown(value: Any) -> str:
    return f"{value:%d.%m.%Y}" if isinstance(value, dt.date) else str(value)


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
