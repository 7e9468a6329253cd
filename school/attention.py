"""What is to be mended in a school: each app says what it is and how it is found, the pages that show it ask here.

An app calls `register` in its `AppConfig.ready`. Whoever shows the concerns counts all of them in one query, so `rows` are
a queryset that is not evaluated; the school knows none of them.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils.functional import Promise

from accounts.models import User

from .models import School, SchoolClass

Words = str | Promise
Tone = Literal["bad", "warn", "info"]


@dataclass(frozen=True)
class Place:
    """Where: rows of one class (None: of the school as a whole), or of one name in it."""

    school_class: SchoolClass | None
    count: int
    since: dt.datetime | None = None
    mark: int = 0
    name: str = ""


@dataclass(frozen=True)
class Step:
    """A button: the right that it needs, on the school or on a class, and where it leads.

    `url` gets the school and those of the classes in trouble on which the visitor holds the right. One that only shows the
    trouble does not mend it.
    """

    label: Words
    right: str
    url: Callable[[School, list[SchoolClass]], str]
    mends: bool = True


def in_words(place: Place) -> str:
    """«7А», «7А (2)», or the name that the place has."""
    name = place.name or (str(place.school_class) if place.school_class else "")
    return f"{name} ({place.count})" if name and place.count > 1 else name


@dataclass(frozen=True)
class Concern:
    """One kind of trouble.

    code        its name for programs, the only one of its kind
    text        `ngettext_lazy(one, many)`: what it is, without the number
    rows        what is wrong in the school; each row counts once. Several querysets where they lie in several tables
    personal    `rows` is asked with the visitor too: `rows(school, user)`, what he may mend of it
    seen_by     who holds one of these rights on the school sees all of it, on a class the rows of that class
    of_class    the look-up from a row to the id of its class; "" where it is a matter of the school alone
    steps       the first that the visitor may take is his button
    mended_by   who takes the first step, with the clause: for those who may not
    tone, order the worst come first: by tone, then the lowest order
    since       the look-up of the moment from which a row waits; one that waits longer than `late_after` makes it "bad"
    name, mark  expressions (text, integer) by which rows are told apart inside a class: keep them few
    place, sort how a place is said, in which order
    """

    code: str
    text: Any
    rows: Callable[..., QuerySet | Sequence[QuerySet]]
    seen_by: tuple[str, ...]
    of_class: str = ""
    personal: bool = False
    steps: tuple[Step, ...] = ()
    mended_by: Words = ""
    tone: Tone = "warn"
    order: int = 50
    since: str = ""
    late_after: dt.timedelta | None = None
    name: Any = None
    mark: Any = None
    place: Callable[[Place], str] = in_words
    sort: Callable[[Place], Any] | None = None

    def found(self, school: School, user: User) -> Sequence[QuerySet]:
        """What is wrong, for this visitor; none of the querysets is evaluated."""
        rows = self.rows(school, user) if self.personal else self.rows(school)
        return [rows] if isinstance(rows, QuerySet) else rows


_concerns: dict[str, Concern] = {}


def register(*concerns: Concern) -> None:
    """Add kinds of trouble. Raises `ValueError` for a code that is taken by another."""
    for concern in concerns:
        if _concerns.setdefault(concern.code, concern) is not concern:
            raise ValueError(f"there is a concern {concern.code} already")


def registered() -> list[Concern]:
    return sorted(_concerns.values(), key=lambda concern: concern.order)
