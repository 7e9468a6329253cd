"""What is wrong and where, for one visitor: the list of «Сегодня» and of the director. Two queries, whatever the school."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, CharField, Count, DateTimeField, F, IntegerField, Min, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from school.attention import Concern, Place, Step, Tone, Words, registered
from school.models import School, SchoolClass
from school.rights import HeldRights, rights_of, scopes_of

SHOWN_PLACES = 8
RANKS: dict[Tone, int] = {"bad": 0, "warn": 1, "info": 2}
DESK = ("view_statistics", "decide_requests")  # who answers for a school or for a class


@dataclass(frozen=True)
class Trouble:
    """One line: how many, what of, where exactly, how long, and the button of this visitor."""

    code: str
    count: int
    text: str
    where: str = ""
    waits: str = ""
    tone: Tone = "warn"
    url: str = ""
    button: str = ""
    mended_by: Words = ""
    is_mine: bool = False  # the button mends it, not only shows it


@dataclass(frozen=True)
class View:
    """What the visitor answers for in a school: `whole`, or some of its classes."""

    school: School
    user: User
    held: HeldRights
    classes: list[SchoolClass]
    whole: bool

    def holds(self, right: str, school_class: SchoolClass | None = None) -> bool:
        """On the school, or on the class."""
        return self.held.holds(right, scopes_of(school_class or self.school))

    def classes_of(self, rights: Collection[str]) -> list[SchoolClass] | None:
        """The classes on which one of the rights is held; None for all, the school with them."""
        if any(self.holds(right) for right in rights):
            return None
        return [item for item in self.classes if any(self.holds(right, item) for right in rights)]


def view_of(user: User, school: School) -> View | None:
    """None for who answers for nothing here: a pupil, a parent, a teacher without a class. One query, or none for those."""
    held = rights_of(user)
    on_school = any(held.holds(right, scopes_of(school)) for right in DESK)
    if not on_school and not any(held.ids("class", right) for right in DESK):
        return None
    view = View(school, user, held, list(SchoolClass.objects.taught().filter(school=school)), on_school)
    return view if on_school or view.classes_of(DESK) else None


def troubles(view: View) -> list[Trouble]:
    """What is to be mended, the worst first. One query."""
    found = _find(view)
    lines = [_line(view, concern, found[concern.code]) for concern in registered() if concern.code in found]
    return sorted(lines, key=lambda line: RANKS[line.tone])


# --- finding ----------------------------------------------------------------------------------------------------------


def _find(view: View) -> dict[str, list[Place]]:
    """By concern, the places where there is something."""
    parts = list(_parts(view))
    classes = {item.pk: item for item in view.classes}
    found: dict[str, list[Place]] = defaultdict(list)
    rows: Any = parts[0].union(*parts[1:], all=True) if parts else []
    for code, school_class, count, since, mark, name in rows:
        found[code].append(Place(classes.get(school_class), count, since, mark, name))
    return found


def _parts(view: View) -> Iterator[QuerySet]:
    for concern in registered():
        classes = view.classes_of(concern.seen_by)
        if classes is not None and not (classes and concern.of_class):
            continue
        only = {} if classes is None else {f"{concern.of_class}__in": [item.pk for item in classes]}
        for rows in concern.found(view.school, view.user):
            yield _part(concern, rows.filter(**only))


def _part(concern: Concern, rows: QuerySet) -> QuerySet:
    """(code, class or 0, how many, since when, mark, name) for each class and name."""
    school_class = Coalesce(F(concern.of_class), 0) if concern.of_class else Value(0)
    keys: dict[str, Any] = {
        "of_code": Value(concern.code, CharField()),
        "of_place": Cast(school_class, BigIntegerField()),
        "of_mark": concern.mark if concern.mark is not None else Value(0, IntegerField()),
        "of_name": concern.name if concern.name is not None else Value("", CharField()),
    }
    since = F(concern.since) if concern.since else Value(None)
    counts = {"of_rows": Count("pk", distinct=True), "of_since": Min(Cast(since, DateTimeField()))}
    grouped = rows.order_by().annotate(**keys).values(*keys).annotate(**counts)
    return grouped.values_list("of_code", "of_place", "of_rows", "of_since", "of_mark", "of_name")


# --- saying -----------------------------------------------------------------------------------------------------------


def _line(view: View, concern: Concern, places: list[Place]) -> Trouble:
    order: dict[SchoolClass | None, int] = {item: number for number, item in enumerate(view.classes)}
    places = sorted(places, key=concern.sort or (lambda place: order.get(place.school_class, -1)))
    count = sum(place.count for place in places)
    since = min((place.since for place in places if place.since), default=None)
    late = bool(since and concern.late_after and timezone.now() - since > concern.late_after)
    step, url = _step(view, concern, places)
    return Trouble(
        code=concern.code,
        count=count,
        text=str(concern.text % count),
        where=_where(concern, places),
        waits=_waits(since) if since else "",
        tone="bad" if late else concern.tone,
        url=url,
        button=str(step.label) if step else "",
        mended_by=concern.mended_by,
        is_mine=bool(step and step.mends),
    )


def _where(concern: Concern, places: list[Place]) -> str:
    said = [words for place in places if (words := concern.place(place) or _outside(concern, place))]
    if len(said) > SHOWN_PLACES:
        more = len(said) - SHOWN_PLACES
        said[SHOWN_PLACES:] = [ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}]
    return ("; " if any("," in words for words in said) else ", ").join(said)


def _outside(concern: Concern, place: Place) -> str:
    """A request or a link of the staff among those of the classes."""
    if not concern.of_class:
        return ""
    words = _("outside the classes")
    return f"{words} ({place.count})" if place.count > 1 else words


def _waits(since: dt.datetime) -> str:
    days = (timezone.localdate() - timezone.localtime(since).date()).days
    if not days:
        return _("since today")
    return ngettext("the longest for %(days)d day", "the longest for %(days)d days", days) % {"days": days}


def _step(view: View, concern: Concern, places: list[Place]) -> tuple[Step | None, str]:
    """The first step that the visitor may take, and where it leads."""
    classes = [place.school_class for place in places if place.school_class]
    for step in concern.steps:
        whole = view.holds(step.right)
        allowed = list(dict.fromkeys(item for item in classes if whole or view.holds(step.right, item)))
        if whole or allowed:
            return step, step.url(view.school, allowed)
    return None, ""
