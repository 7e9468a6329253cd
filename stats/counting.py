"""Counting the people of a school by class, parallel, level and as a whole: two queries, whatever its size.

A parent of two children counts once in each class and once in the school, so a whole is never the sum of its parts.
"Invited" is who has joined or has a way in that is good now: a personal slip or a link of his class and role. "Lapsed"
is who has none now and had one that ran out or that nobody used in time.
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
from invites.models.invites import InviteQuerySet
from school.models import Enrolment, Homeroom, Person, School, SchoolClass, StaffPosition, Teaching
from school.services.roster import TEACHING_KINDS

from .figures import ACTIVE_DAYS, Figure, Level, Who, level_of

Key = tuple[str, int]  # grain and the number in it: ("class", 12), ("parallel", 7), ("level", 2), ("school", 0)
Table = dict[Key, dict[Who, Figure]]
Facts = dict[str, bool]  # measure -> whether it is so of one person
WHOLE: Key = ("school", 0)
# The way from an enrolment to the parents, and which of the ties on it still hold.
_PARENT = "person__guardians__guardian"
_TIED = Q(person__guardians__ends_on__isnull=True)

_LEVEL = Case(
    When(school_class__parallel__lte=4, then=Value(Level.PRIMARY)),
    When(school_class__parallel__lte=9, then=Value(Level.BASIC)),
    default=Value(Level.SECONDARY),
    output_field=IntegerField(),
)
_MEASURES = ("listed", "invited", "joined", "active", "lapsed")


def count_people(school: School, classes: QuerySet[SchoolClass], *, whole: bool, lapsed: bool = False) -> Table:
    """The figures of these classes; with `whole` (all classes of the school) also of the school, levels and parallels.

    `lapsed` of pupils and parents is counted only where it is asked for: it costs half as much again.
    """
    table: Table = defaultdict(dict)
    for source in (_families(school, classes, whole=whole, lapsed=lapsed), _staff(school, classes, whole=whole)):
        for key, figure in source:
            table[key][figure.who] = figure
    return table


# --- pupils and parents: grouped by the database ----------------------------------------------------------------------


def _families(
    school: School, classes: QuerySet[SchoolClass], *, whole: bool, lapsed: bool
) -> Iterable[tuple[Key, Figure]]:
    rows = Enrolment.objects.active().filter(school=school, school_class__in=classes.order_by().values("pk"))
    counts = [
        *_counts(school, "person", InviteRole.PUPIL, Q(), lapsed=lapsed),
        *_counts(school, _PARENT, InviteRole.PARENT, _TIED, lapsed=lapsed),
    ]
    grouped = [_grouped(rows, counts, "class", F("school_class_id"))]
    if whole:
        grouped += [
            _grouped(rows, counts, "parallel", F("school_class__parallel")),
            _grouped(rows, counts, "level", _LEVEL),
            _grouped(rows, counts, "school", Value(0)),
        ]
    for grain, number, *numbers in grouped[0].union(*grouped[1:], all=True):
        half = len(_MEASURES)
        yield (grain, number), Figure(Who.PUPILS, *numbers[:half])
        yield (grain, number), Figure(Who.PARENTS, *numbers[half:])


def _grouped(rows: QuerySet, counts: list[Count | Value], grain: str, number: Any) -> QuerySet:
    names = [f"{who}_{measure}" for who in ("pupils", "parents") for measure in _MEASURES]
    keyed = rows.annotate(grain=Value(grain), number=Cast(number, IntegerField())).values("grain", "number").order_by()
    return keyed.annotate(**dict(zip(names, counts, strict=True))).values_list("grain", "number", *names)


def _counts(school: School, path: str, role: InviteRole, among: Q, *, lapsed: bool) -> list[Count | Value]:
    """What `_MEASURES` names: distinct people at the end of this path from an enrolment."""
    standing = standing_of(school, path, role)
    active = Q(**{f"{path}__user__last_seen_at__gte": week_ago()})
    conditions = [Q(), standing["invited"], standing["joined"], active, *([standing["lapsed"]] if lapsed else [])]
    counts = [Count(path, filter=among & condition, distinct=True) for condition in conditions]
    return [*counts, *([] if lapsed else [Value(0)])]


def standing_of(school: School, path: str, role: InviteRole, place: str = "school_class") -> dict[str, Q]:
    """Conditions on a row, about the people at the end of the path: `joined`, `invited`, `lapsed`.

    `place` is the way from the row to the class; the row is an enrolment unless it is said.
    """
    invites = Invite.objects.filter(school=school, role=role)
    joined = Q(**{f"{path}__user__isnull": False})
    invited = joined | _reached(invites.in_state("active"), path, place)
    return {"joined": joined, "invited": invited, "lapsed": _reached(invites.lapsed(), path, place) & ~invited}


def _reached(invites: InviteQuerySet, path: str, place: str) -> Q:
    links = invites.filter(person__isnull=True).values("school_class_id")
    slips = invites.filter(person__isnull=False).values("person_id")
    return Q(**{f"{place}__in": links}) | Q(**{f"{path}__in": slips})


# --- the staff: few enough to be put together here --------------------------------------------------------------------


def _staff(school: School, classes: QuerySet[SchoolClass], *, whole: bool) -> Iterable[tuple[Key, Figure]]:
    """A class's staff are its homeroom teacher and its subject teachers; the school's are all who hold a post."""
    people: dict[Key, dict[int, Facts]] = defaultdict(dict)
    for person, facts, school_class, parallel in _staff_facts(school, classes):
        for key in _keys(school_class, parallel, whole=whole):
            people[key][person] = _merged(people[key].get(person, facts), facts)
    for key, persons in people.items():
        sums = {name: sum(facts[name] for facts in persons.values()) for name in next(iter(persons.values()))}
        yield key, Figure(Who.STAFF, listed=len(persons), **sums)


def staff_standings(school: School) -> dict[int, Facts]:
    """Of each who holds a post: has he joined, is he invited, has his invite lapsed, is he confirmed. One query."""
    people: dict[int, Facts] = {}
    for person, facts, school_class, _parallel in _staff_facts(school, SchoolClass.objects.none()):
        if not school_class:
            people[person] = _merged(people.get(person, facts), facts)
    return people


def _staff_facts(school: School, classes: QuerySet[SchoolClass]) -> Iterable[tuple[int, Facts, int, int]]:
    for person, kind, school_class, parallel, joined, verified, active, reached, was in _staff_rows(school, classes):
        facts = {
            "invited": bool(joined or reached),
            "joined": bool(joined),
            "confirmed": bool(joined and (verified or kind not in ("", *TEACHING_KINDS))),
            "active": bool(active),
            "lapsed": bool(was),
        }
        yield person, facts, school_class, parallel


def _merged(known: Facts, facts: Facts) -> Facts:
    """Of several posts: what is true of one is true of the person, but a way in that is good makes nothing lapsed."""
    either = {name: known[name] or facts[name] for name in facts}
    return either | {"lapsed": either["lapsed"] and not either["invited"]}


def _keys(school_class: int, parallel: int, *, whole: bool) -> list[Key]:
    if not school_class:
        return [WHOLE] if whole else []
    wider: list[Key] = [("parallel", parallel), ("level", int(level_of(parallel)))] if whole else []
    return [("class", school_class), *wider]


def _staff_rows(school: School, classes: QuerySet[SchoolClass]) -> QuerySet:
    """(person, kind of the post, class or 0, parallel, joined, verified, active, reached, was reached): one query."""
    chosen = classes.order_by().values("pk")
    posts = StaffPosition.objects.active().filter(school=school)
    homerooms = Homeroom.objects.active().filter(school_class__in=chosen)
    teachings = Teaching.objects.active().filter(study_group__school_class__in=chosen)
    invites = Invite.objects.filter(school=school)
    states = (invites.in_state("active"), invites.lapsed())
    by_post = [_to_post(state, Q(kind__in=_links(state).values("role"))) for state in states]
    as_teacher = [_to_post(state, Q(Exists(_links(state).filter(role=InviteRole.TEACHER)))) for state in states]
    taught = (F("study_group__school_class_id"), F("study_group__school_class__parallel"))
    sources = [
        _facts(posts, by_post, F("kind"), Value(0), Value(0)),
        _facts(homerooms, as_teacher, Value(""), F("school_class_id"), F("school_class__parallel")),
        _facts(teachings, as_teacher, Value(""), *taught),
    ]
    return sources[0].union(*sources[1:])


def _links(invites: InviteQuerySet) -> InviteQuerySet:
    return invites.filter(person__isnull=True, school_class__isnull=True)


def _to_post(invites: InviteQuerySet, by_link: Q) -> Q:
    return by_link | Q(person__in=invites.filter(person__isnull=False).values("person_id"))


def _facts(rows: QuerySet, ways: list[Q], kind: Any, school_class: Any, parallel: Any) -> QuerySet:
    return rows.order_by().values_list(
        "person_id",
        kind,
        Cast(school_class, IntegerField()),
        Cast(parallel, IntegerField()),
        is_true(Q(person__user__isnull=False)),
        is_true(Q(person__verification=Person.Verification.VERIFIED)),
        is_true(Q(person__user__last_seen_at__gte=week_ago())),
        *(is_true(way) for way in ways),
    )


def is_true(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, BooleanField())


def week_ago() -> dt.datetime:
    return timezone.now() - dt.timedelta(days=ACTIVE_DAYS)
