"""On which days the lists have somebody in a chat: the facts behind the role, those that have ended too."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from school.models import (
    Activist,
    Enrolment,
    GroupMembership,
    Guardianship,
    Homeroom,
    RoleGroup,
    StaffPosition,
    Teaching,
)
from school.projection import ROLES_OF_POSITION
from school.regulation import Role

from .models import Chat, ChatAudience, ChatMember

FAMILY_ROLES = (
    *(Role.CLASS_PUPIL, Role.GROUP_PUPIL, Role.CLASS_PARENT, Role.PARENTS_ACTIVIST, Role.PUPILS_ACTIVIST),
    *(Role.PUPIL, Role.PARENT),
)
_KINDS = {Role.PARENTS_ACTIVIST: Activist.Kind.PARENTS, Role.PUPILS_ACTIVIST: Activist.Kind.PUPILS}
Days = tuple[dt.date, dt.date | None]  # from, until
Span = tuple[int, dt.date, dt.date | None]  # user, from, until


@dataclass(frozen=True)
class Stay:
    """The last time that the lists have had somebody here: since when, until when (None: now)."""

    since: dt.date
    until: dt.date | None


def stays_in(chat: Chat, users: Collection[int], roles: Collection[Role] = tuple(Role)) -> dict[int, Stay]:
    """The last stay of each of these users in one of these roles; nobody is in it whom the lists have never had here.

    A stay that is followed by another on the same day goes on; one that began and ended on a day is that day.
    """
    spans: dict[int, list[Days]] = defaultdict(list)
    for group, whom, chosen_on in _reasons(chat, users):
        if (role := Role(group.role)) not in roles:
            continue
        for user, starts, ends in _spans(role, group, whom):
            since = max(starts, chosen_on.get(user, starts))
            if ends is None or since <= ends:
                spans[user].append((since, ends))
    return {user: _last(own) for user, own in spans.items()}


def _last(spans: list[Days]) -> Stay:
    ordered = sorted(spans, key=lambda span: (span[0], span[1] or dt.date.max))
    since, until = ordered[0]
    for starts, ends in ordered[1:]:
        if until is not None and starts > until:
            since, until = starts, ends
        elif until is not None and (ends is None or ends > until):
            until = ends
    return Stay(since, until)


def _reasons(chat: Chat, users: Collection[int]) -> Iterable[tuple[RoleGroup, Collection[int], dict[int, dt.date]]]:
    """The role groups through which users are in the chat, with those users, and on which day each was chosen by hand."""
    audience = RoleGroup.objects.filter(group__in=ChatAudience.objects.filter(chat=chat).values("group"))
    for group in audience:
        yield group, users, {}
    chosen: dict[int, dict[int, dt.date]] = defaultdict(dict)
    for member in ChatMember.objects.filter(chat=chat, user__in=users):
        chosen[member.via_id][member.user_id] = timezone.localdate(member.added_at)
    for group in RoleGroup.objects.filter(group__in=chosen) if chosen else ():
        yield group, chosen[group.group_id], chosen[group.group_id]


def _spans(role: Role, group: RoleGroup, users: Collection[int]) -> Iterable[Span]:
    if role == Role.CLASS_PARENT:
        return _of_parents(group, users)
    facts = _facts(role, group)
    if facts is None:
        return []
    rows: Iterable[Span] = facts.filter(person__user__in=users).values_list("person__user_id", "starts_on", "ends_on")
    return rows


def _facts(role: Role, group: RoleGroup) -> Any:
    """The facts that give the role in this scope, None for a role of the whole school that follows from others."""
    if role in _KINDS:
        return Activist.objects.filter(school=group.school_id, kind=_KINDS[role])
    of_class = {"school_class": group.school_class_id}
    table: dict[Role, Any] = {
        Role.CLASS_PUPIL: Enrolment.objects.filter(**of_class),
        Role.GROUP_PUPIL: _of_part(group),
        Role.HOMEROOM: Homeroom.objects.filter(**of_class),
        Role.CLASS_TEACHER: Teaching.objects.filter(study_group__school_class=group.school_class_id),
        Role.GROUP_TEACHER: Teaching.objects.filter(study_group=group.study_group_id),
    }
    if role in table:
        return table[role]
    kinds = [kind for kind, roles in ROLES_OF_POSITION.items() if role in roles]
    return StaffPosition.objects.filter(school=group.school_id, kind__in=kinds) if kinds else None


def _of_part(group: RoleGroup) -> Any:
    """Who belonged to a part of a class, begun while he was in the class: a movement that is dated back leaves the part
    that was joined after its day empty, and that is no stay.
    """
    enrolled = Enrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("starts_on")),
        person=OuterRef("person"),
        school_class=group.school_class_id,
        starts_on__lte=OuterRef("starts_on"),
    )
    return GroupMembership.objects.filter(Exists(enrolled), study_group=group.study_group_id)


def _of_parents(group: RoleGroup, users: Collection[int]) -> Iterable[Span]:
    """A parent is here as long as a child of his: from the child's first day on, although he was linked later."""
    ties = list(
        Guardianship.objects.filter(guardian__user__in=users).values_list("guardian__user_id", "pupil", "ends_on")
    )
    enrolments = Enrolment.objects.filter(school_class=group.school_class_id, person__in={tie[1] for tie in ties})
    by_child: dict[int, list[Days]] = defaultdict(list)
    for child, starts, ends in enrolments.values_list("person_id", "starts_on", "ends_on"):
        by_child[child].append((starts, ends))
    for user, child, untied in ties:
        for starts, ends in by_child[child]:
            last = min(filter(None, (ends, untied)), default=None)
            if last is None or last >= starts:
                yield user, starts, last
