"""Who follows when the classes of a year are succeeded by those of the next: chats, invites; the school knows none of them.

A follower is a context manager. What it does before its `yield` happens when the facts of the new year are written and
the role groups are still those of the old one; what it does after, when the groups are those of the new year. Both are
in the transaction of the act. What it changes it notes (`school.companions`), so that undoing brings it back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from sferum_portal.navigation import counted

from .models import Act, School, SchoolClass, StudyGroup


@dataclass(frozen=True)
class Succession:
    """What became of the old classes and study groups, by their ids; None where nothing came of them."""

    by: User
    act: Act
    classes: Mapping[int, SchoolClass | None]
    groups: Mapping[int, StudyGroup | None]
    continued: frozenset[int]  # old classes that go on as a new class of their own, not merged with another
    carries_chats_on: bool


@dataclass(frozen=True)
class Foresight:
    """The same before it happens, for the page that says what will change."""

    school: School
    classes: frozenset[int]
    continued: frozenset[int]
    carries_groups: bool
    carries_chats_on: bool


Follower = Callable[[School, Succession | None], AbstractContextManager[None]]


@dataclass(frozen=True)
class Foreseen:
    """The rows of an app that will be changed, unevaluated, and what is to be said when so many of each are counted."""

    rows: Sequence[QuerySet[Any]]
    says: Callable[..., list[str]]


Foreseer = Callable[[Foresight], Foreseen]

_followers: list[tuple[Follower, Foreseer]] = []


def register(follower: Follower, foreseer: Foreseer) -> None:
    """An app calls it in `AppConfig.ready`.

    The follower gets the school and the succession, or None when the act is being undone: then its rows are put back
    between the two halves. The foreseer says what will become of the rows of its app; all of them are counted in one query.
    """
    _followers.append((follower, foreseer))


@contextmanager
def following(school: School, succession: Succession | None) -> Iterator[None]:
    """Everybody follows; the first who registered does his second half last."""
    with ExitStack() as stack:
        for follower, _foreseer in _followers:
            stack.enter_context(follower(school, succession))
        yield


def foresee(foresight: Foresight) -> list[str]:
    """What will become of the rows of other apps, in sentences: one query for all."""
    every = [foreseer(foresight) for _follower, foreseer in _followers]
    rows = [rows for foreseen in every for rows in foreseen.rows]
    counts = iter(counted(rows, on=School.objects.filter(pk=foresight.school.pk)))
    return [sentence for foreseen in every for sentence in foreseen.says(*(next(counts) for _ in foreseen.rows))]
