"""Counting the people of a school by class, parallel, level and as a whole: two queries, whatever its size.

A parent of two children counts once in each class and once in the school, so a whole is never the sum of its parts.
"Invited" is who has joined or has a way in that is good now: a personal slip or a link of his class and role.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils import timezone

from invites.models import Invite, InviteRole
from school.models import Enrolment, Homeroom, Person, School, SchoolClass, StaffPosition, Teaching
from school.services.roster import TEACHING_KINDS

from .figures import ACTIVE_DAYS, Figure, Level, Who, level_of

Key = tuple[str, int]  # grain and the number in it: ("class", 12), ("parallel", 7), ("level", 2), ("school", 0)
Table = dict[Key, dict[Who, Figure]]
WHOLE: Key = ("school", 0)

_LEVEL = Case(
    When(school_class__parallel__lte=4, then=Value(Level.PRIMARY)),
    When(school_class__parallel__lte=9, then=Value(Level.BASIC)),
    default=Value(Level.SECONDARY),
    output_field=IntegerField(),
)
_MEASURES = ("listed", "invited", "joined", "active")


def count_people(school: School, classes: QuerySet[SchoolClass], *, whole: bool) -> Table:
    """The figures of these classes; with `whole` (all classes of the school) also of the school, levels and parallels."""
    table: Table = defaultdict(dict)
    for source in (_families(school, classes, whole=whole), _staff(school, classes, whole=whole)):
        for key, figure in source:
            table[key][figure.who] = figure
    return table


# --- pupils and parents: grouped by the database ----------------------------------------------------------------------


def _families(school: School, classes: QuerySet[SchoolClass], *, whole: bool) -> Iterable[tuple[Key, Figure]]:
    rows = Enrolment.objects.active().filter(school=school, school_class__in=classes.order_by().values("pk"))
    grouped = [_grouped(rows, "class", F("school_class_id"))]
    if whole:
        grouped += [
            _grouped(rows, "parallel", F("school_class__parallel")),
            _grouped(rows, "level", _LEVEL),
            _grouped(rows, "school", Value(0)),
        ]
    for grain, number, *counts in grouped[0].union(*grouped[1:], all=True):
        half = len(_MEASURES)
        yield (grain, number), Figure(Who.PUPILS, *counts[:half])
        yield (grain, number), Figure(Who.PARENTS, *counts[half:])


def _grouped(rows: QuerySet, grain: str, number: Any) -> QuerySet:
    tied = Q(person__guardians__ends_on__isnull=True)
    names = [f"{who}_{measure}" for who in ("pupils", "parents") for measure in _MEASURES]
    counts = [
        *_counts("person", InviteRole.PUPIL, Q()),
        *_counts("person__guardians__guardian", InviteRole.PARENT, tied),
    ]
    keyed = rows.annotate(grain=Value(grain), number=Cast(number, IntegerField())).values("grain", "number").order_by()
    return keyed.annotate(**dict(zip(names, counts, strict=True))).values_list("grain", "number", *names)


def _counts(path: str, role: InviteRole, among: Q) -> list[Count]:
    """Listed, invited, joined, active: distinct people at the end of this path from an enrolment."""
    live = Invite.objects.in_state("active").filter(role=role)
    links = live.filter(person__isnull=True).values("school_class_id")
    slips = live.filter(person__isnull=False).values("person_id")
    joined = Q(**{f"{path}__user__isnull": False})
    conditions = [
        Q(),
        joined | Q(school_class__in=links) | Q(**{f"{path}__in": slips}),
        joined,
        Q(**{f"{path}__user__last_seen_at__gte": week_ago()}),
    ]
    return [Count(path, filter=among & condition, distinct=True) for condition in conditions]


# --- the staff: few enough to be put together here --------------------------------------------------------------------


def _staff(school: School, classes: QuerySet[SchoolClass], *, whole: bool) -> Iterable[tuple[Key, Figure]]:
    """A class's staff are its homeroom teacher and its subject teachers; the school's are all who hold a post."""
    people: dict[Key, dict[int, dict[str, bool]]] = defaultdict(dict)
    for person, kind, school_class, parallel, joined, verified, active, slip, link in _staff_rows(school, classes):
        facts = {
            "invited": bool(joined or slip or link),
            "joined": bool(joined),
            "confirmed": bool(joined and (verified or kind not in ("", *TEACHING_KINDS))),
            "active": bool(active),
        }
        for key in _keys(school_class, parallel, whole=whole):
            known = people[key].setdefault(person, facts)
            people[key][person] = {name: known[name] or facts[name] for name in facts}
    for key, persons in people.items():
        sums = {name: sum(facts[name] for facts in persons.values()) for name in next(iter(persons.values()))}
        yield key, Figure(Who.STAFF, listed=len(persons), **sums)


def _keys(school_class: int, parallel: int, *, whole: bool) -> list[Key]:
    if not school_class:
        return [WHOLE] if whole else []
    wider: list[Key] = [("parallel", parallel), ("level", int(level_of(parallel)))] if whole else []
    return [("class", school_class), *wider]


def _staff_rows(school: School, classes: QuerySet[SchoolClass]) -> QuerySet:
    """(person, kind of the post, class or 0, parallel, joined, verified, active, slip, link): one query."""
    chosen = classes.order_by().values("pk")
    links = Invite.objects.in_state("active").filter(school=school, person__isnull=True, school_class__isnull=True)
    by_post, for_teachers = Q(kind__in=links.values("role")), Q(Exists(links.filter(role=InviteRole.TEACHER)))
    posts = StaffPosition.objects.active().filter(school=school)
    homerooms = Homeroom.objects.active().filter(school_class__in=chosen)
    teachings = Teaching.objects.active().filter(study_group__school_class__in=chosen)
    sources = [
        _facts(posts, by_post, F("kind"), Value(0), Value(0)),
        _facts(homerooms, for_teachers, Value(""), F("school_class_id"), F("school_class__parallel")),
        _facts(
            *(teachings, for_teachers, Value("")),
            *(F("study_group__school_class_id"), F("study_group__school_class__parallel")),
        ),
    ]
    return sources[0].union(*sources[1:])


def _facts(rows: QuerySet, link: Q, kind: Any, school_class: Any, parallel: Any) -> QuerySet:
    slips = Invite.objects.in_state("active").filter(person__isnull=False)
    return rows.order_by().values_list(
        "person_id",
        kind,
        Cast(school_class, IntegerField()),
        Cast(parallel, IntegerField()),
        _is(Q(person__user__isnull=False)),
        _is(Q(person__verification=Person.Verification.VERIFIED)),
        _is(Q(person__user__last_seen_at__gte=week_ago())),
        _is(Q(person__in=slips.values("person_id"))),
        _is(link),
    )


def _is(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, BooleanField())


def week_ago() -> dt.datetime:
    return timezone.now() - dt.timedelta(days=ACTIVE_DAYS)
