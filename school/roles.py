"""Who is in a role group is a projection of the facts.

`project` computes the groups that people must be in and applies the difference: idempotent, in the transaction of the
service that wrote the facts. `drift` tells where the database differs from the projection (`manage.py check_rights`).

One change of a school's roster happens at a time (`lock_roster`): two that overlapped would each project facts that the
other is about to replace (a brother is moved while his sister is), and no constraint would notice.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.dispatch import Signal

from accounts.models import User

from . import models as m
from .projection import Key, facts_to_pairs, with_families
from .regulation import CLASS_ROLES, GROUP_ROLES, RIGHTS, ROLE_SCOPE, SCHOOL_ROLES, STAFF, Role
from .rights import Scope, effective_rights, forget_rights
from .temporary import end_of_former_staff

# Sent after the commit with `school` and `changes: list[RosterChange]`: chats follow the roster without being known here.
roster_changed = Signal()

Membership: Any = User.groups.through
_postponed: ContextVar[frozenset[int]] = ContextVar("postponed_projections", default=frozenset())
PERMISSION_MODELS: dict[str, Any] = {
    "school": m.SchoolGroupPermission,
    "class": m.ClassGroupPermission,
    "group": m.StudyGroupGroupPermission,
}


@dataclass
class RosterChange:
    """One user's groups that changed, by id of the `auth` group."""

    user_id: int
    gained: set[int] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)


def lock_roster(school_id: int) -> m.School:
    """Wait for the roster of the school until the transaction ends; what is read after it is final.

    The weaker lock: rows that refer to the school (messages, sessions, posts) are written meanwhile.
    """
    return m.School.objects.select_for_update(no_key=True).get(pk=school_id)


def ensure_role_groups(scope: Scope) -> list[m.RoleGroup]:
    """The role groups of a new school, class or study group, each with its rows of guardian; existing ones are kept."""
    school, school_class, study_group = _scope_keys(scope)
    place = {"school": school, "school_class": school_class, "study_group": study_group}
    there = set(m.RoleGroup.objects.filter(**place).values_list("role", flat=True))
    missing = [role for role in _roles_of(scope) if role not in there]
    groups = Group.objects.bulk_create(Group(name=_name_of(scope, role)) for role in missing)
    made = m.RoleGroup.objects.bulk_create(
        m.RoleGroup(group=group, role=role, **place) for group, role in zip(groups, missing, strict=True)
    )
    write_rights(school, made)
    return made


def make_role_groups(scopes: Sequence[Scope]) -> None:
    """`ensure_role_groups` for many new classes, or study groups, of one school: a fixed number of statements."""
    wanted = [(scope, role) for scope in scopes for role in _roles_of(scope)]
    if not wanted:
        return
    groups = Group.objects.bulk_create(Group(name=_name_of(scope, role)) for scope, role in wanted)
    rows = []
    for group, (scope, role) in zip(groups, wanted, strict=True):
        school, school_class, study_group = _scope_keys(scope)
        rows.append(
            m.RoleGroup(group=group, role=role, school=school, school_class=school_class, study_group=study_group)
        )
    write_rights(rows[0].school, m.RoleGroup.objects.bulk_create(rows))


def _name_of(scope: Scope, role: Role) -> str:
    return f"{scope._meta.model_name} {scope.pk} · {role}"


def expected_keys(scope: Scope) -> set[Key]:
    """The role groups that the scope must have."""
    _school, school_class, study_group = _scope_keys(scope)
    ids = school_class.pk if school_class else None, study_group.pk if study_group else None
    return {(role, *ids) for role in _roles_of(scope)}


def _roles_of(scope: Scope) -> tuple[Role, ...]:
    """A study group that takes the whole class has no group of pupils: its audience is the class's."""
    if isinstance(scope, m.School):
        return SCHOOL_ROLES
    if isinstance(scope, m.SchoolClass):
        return CLASS_ROLES
    return (Role.GROUP_TEACHER,) if scope.takes_whole_class else GROUP_ROLES


def _scope_keys(scope: Scope) -> tuple[m.School, m.SchoolClass | None, m.StudyGroup | None]:
    if isinstance(scope, m.School):
        return scope, None, None
    if isinstance(scope, m.SchoolClass):
        return scope.school, scope, None
    return scope.school, scope.school_class, scope


def write_rights(school: m.School, role_groups: Iterable[m.RoleGroup]) -> int:
    """Make guardian's rows of these groups say what the table says; returns the number of rows changed."""
    table = effective_rights(school)
    ids = _permission_ids()
    changed = 0
    for level, groups in _by_level(role_groups).items():
        model, column = PERMISSION_MODELS[level], _scope_column(level)
        wanted = {
            (g.group_id, ids[level, codename], getattr(g, column)) for g in groups for codename in table[Role(g.role)]
        }
        rows = model.objects.filter(group_id__in=[g.group_id for g in groups])
        actual = {(r.group_id, r.permission_id, r.content_object_id): r.pk for r in rows}
        extra = [pk for key, pk in actual.items() if key not in wanted]
        missing = [
            model(group_id=group, permission_id=permission, content_object_id=scope)
            for group, permission, scope in wanted - actual.keys()
        ]
        model.objects.filter(pk__in=extra).delete()
        model.objects.bulk_create(missing)
        changed += len(extra) + len(missing)
    return changed


def _scope_column(level: str) -> str:
    return {"school": "school_id", "class": "school_class_id", "group": "study_group_id"}[level]


def _by_level(role_groups: Iterable[m.RoleGroup]) -> dict[str, list[m.RoleGroup]]:
    levels: dict[str, list[m.RoleGroup]] = defaultdict(list)
    for role_group in role_groups:
        levels[ROLE_SCOPE[Role(role_group.role)]].append(role_group)
    return levels


def _permission_ids() -> dict[tuple[str, str], int]:
    models = {"school": m.School, "class": m.SchoolClass, "group": m.StudyGroup}
    types = {ContentType.objects.get_for_model(model).pk: level for level, model in models.items()}
    rows = Permission.objects.filter(content_type__in=types, codename__in=RIGHTS)
    return {(types[row.content_type_id], row.codename): row.pk for row in rows}


def project(
    school: m.School,
    people: Iterable[m.Person] | None = None,
    *,
    by: User | None = None,
    former: User | None = None,
) -> list[RosterChange]:
    """Put the users of these people and of their parents (of the whole school when None) into the groups of the facts.

    `former` is a login that was taken off one of them. Who is no longer of the staff loses the rights given by hand too.
    Returns the changes and announces them after the commit. Costs the same number of queries for one and for a thousand.
    Inside `projecting_once` it leaves the work to the end of that.
    """
    if school.pk in _postponed.get():
        return []
    school = lock_roster(school.pk)
    ids = None if people is None else with_families(person.pk for person in people)
    wanted = facts_to_pairs(school, ids)
    groups = {key: group for group, key in role_groups(school).items()}
    actual = actual_pairs(school, ids) | (actual_pairs(school, user=former) if former else set())
    desired = {(user, groups[key]) for user, key in wanted}
    gained, lost = desired - actual, actual - desired
    Membership.objects.bulk_create([Membership(user_id=u, group_id=g) for u, g in gained], ignore_conflicts=True)
    for group in {g for _, g in lost}:
        Membership.objects.filter(group_id=group, user_id__in=[u for u, g in lost if g == group]).delete()
    staff = {user for user, key in wanted if key[0] in STAFF}
    end_of_former_staff(school, {user for user, _group in lost} - staff, by=by)
    if by:
        forget_rights(by)
    return _announce(school, gained, lost)


def _announce(school: m.School, gained: set[tuple[int, int]], lost: set[tuple[int, int]]) -> list[RosterChange]:
    changes = _changes(gained, lost)
    if changes:
        transaction.on_commit(lambda: roster_changed.send(sender=m.School, school=school, changes=changes))
    return changes


@contextmanager
def projecting_once(school: m.School) -> Iterator[None]:
    """Many facts in one transaction, the groups at its end: for an import, a rollover, a made-up school.

    Inside, rights are those from before: who joins there can do nothing yet.
    """
    with transaction.atomic():
        lock_roster(school.pk)
        token = _postponed.set(_postponed.get() | {school.pk})
        try:
            yield
        finally:
            _postponed.reset(token)
        project(school)


def role_groups(school: m.School) -> dict[int, Key]:
    """The school's role groups: id of the `auth` group -> (role, class, study group)."""
    rows = m.RoleGroup.objects.filter(school=school)
    values = rows.values_list("group_id", "role", "school_class_id", "study_group_id")
    return {group: (Role(role), school_class, study_group) for group, role, school_class, study_group in values}


def actual_pairs(
    school: m.School, people: Collection[int] | None = None, *, user: User | None = None
) -> set[tuple[int, int]]:
    """The (user, `auth` group) pairs that are in the database, of the whole school, of these people, of one login."""
    rows = Membership.objects.filter(group__role_group__school=school)
    if user is not None:
        rows = rows.filter(user=user)
    if people is not None:
        users = m.Person.objects.filter(pk__in=people, user__isnull=False).values("user_id")
        rows = rows.filter(user_id__in=users)
    return set(rows.values_list("user_id", "group_id"))


def _changes(gained: set[tuple[int, int]], lost: set[tuple[int, int]]) -> list[RosterChange]:
    changes: dict[int, RosterChange] = {}
    for user, group in gained:
        changes.setdefault(user, RosterChange(user)).gained.add(group)
    for user, group in lost:
        changes.setdefault(user, RosterChange(user)).lost.add(group)
    return list(changes.values())
