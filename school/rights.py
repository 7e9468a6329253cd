"""Asking about rights: may he (`require`, `user.has_perm`), which objects (`allowing`), who (`users_allowed`).

A user's object permissions are read in one look-up and kept on the user object, that is, for the request. All three
questions read the same rows: guardian's group and user permissions with direct foreign keys.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet, Value
from django.utils import timezone

from accounts.models import User

from . import models as m
from .regulation import RIGHTS, RULE_BY_ROLE_AND_RIGHT, Role, ScopeName

Scope = m.School | m.SchoolClass | m.StudyGroup
_CACHE = "_school_rights"


class RightDenied(PermissionDenied):
    """The actor may not do this; `explanation` says by which clause and who may."""

    def __init__(self, user: Any, codename: str, obj: Any) -> None:
        self.user, self.codename, self.obj = user, codename, obj
        super().__init__(str(RIGHTS[codename].label))

    @cached_property
    def explanation(self) -> "Explanation":
        return explain(self.user, self.codename, self.obj)


@dataclass(frozen=True)
class HeldRights:
    """The object permissions of one user: (level, id of the scope, codename)."""

    rows: frozenset[tuple[str, int, str]]

    def ids(self, level: ScopeName, codename: str) -> list[int]:
        """The ids of the scopes of that level on which the right is held."""
        return sorted(pk for lvl, pk, name in self.rows if lvl == level and name == codename)

    def holds(self, codename: str, scopes: Iterable[tuple[str, int]]) -> bool:
        return any((level, pk, codename) in self.rows for level, pk in scopes)


def scopes_of(obj: Any) -> list[tuple[ScopeName, int]]:
    """The scopes of an object, the nearest first: study group, class, school. Costs no query."""
    if isinstance(obj, m.School):
        return [("school", obj.pk)]
    if isinstance(obj, m.SchoolClass):
        return [("class", obj.pk), ("school", obj.school_id)]
    if isinstance(obj, m.StudyGroup):
        return [("group", obj.pk), ("class", obj.school_class_id), ("school", obj.school_id)]
    raise TypeError(f"rights are held on a school, a class or a study group, not on {obj!r}")


def _group_rows(model: Any, level: str, user: User) -> QuerySet:
    rows = model.objects.filter(group__user=user)
    return rows.values_list(Value(level), "content_object_id", "permission__codename")


def _user_rows(model: Any, level: str, user: User) -> QuerySet:
    rows = model.objects.filter(user=user, expires_at__gt=timezone.now())
    return rows.values_list(Value(level), "content_object_id", "permission__codename")


def rights_of(user: User | AnonymousUser) -> HeldRights:
    """Everything that the user may do anywhere: one query, once per user object."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return HeldRights(frozenset())
    held: HeldRights | None = getattr(user, _CACHE, None)
    if held is None:
        parts = [
            _group_rows(m.SchoolGroupPermission, "school", user),
            _group_rows(m.ClassGroupPermission, "class", user),
            _group_rows(m.StudyGroupGroupPermission, "group", user),
            _user_rows(m.SchoolUserPermission, "school", user),
            _user_rows(m.ClassUserPermission, "class", user),
            _user_rows(m.StudyGroupUserPermission, "group", user),
        ]
        held = HeldRights(frozenset(parts[0].union(*parts[1:], all=True)))
        setattr(user, _CACHE, held)
    return held


def forget_rights(user: Any) -> None:
    """Drop what is kept on the user object, after his facts or the table changed in the same request."""
    user.__dict__.pop(_CACHE, None)


class RightsBackend:
    """Django's question `user.has_perm("school.create_parents_chat", school_class)`, answered from `rights_of`."""

    def authenticate(self, request: Any, **credentials: Any) -> None:
        return None

    def has_perm(self, user: User, perm: str, obj: Any = None) -> bool:
        if obj is None or not perm.startswith("school."):
            return False
        codename = perm.removeprefix("school.")
        if codename not in RIGHTS:
            raise ValueError(f"no such right in the regulation: {codename}")
        return rights_of(user).holds(codename, scopes_of(obj))


def may(user: User | AnonymousUser, codename: str, obj: Scope) -> bool:
    return user.has_perm(f"school.{codename}", obj)


def holds_any(user: User | AnonymousUser, codenames: Iterable[str], school: m.School | None) -> bool:
    """Whether the user holds one of the rights on the school or on anything narrower: enough to show a way to a page.

    Classes are not asked whose they are, so in two schools it may show one line too many; the page asks properly.
    """
    wanted = set(codenames)
    rows = rights_of(user).rows
    return school is not None and any(
        name in wanted and (level != "school" or pk == school.pk) for level, pk, name in rows
    )


def require(user: User | AnonymousUser, codename: str, obj: Scope) -> None:
    """Raise `RightDenied` (403 with the clause) unless the user holds the right on the object or above it."""
    if not may(user, codename, obj):
        raise RightDenied(user, codename, obj)


def users_allowed(codename: str, obj: Scope) -> QuerySet[User]:
    """The active users who hold the right on the object: the other side of `has_perm`."""
    group_models: dict[str, Any] = {
        "school": m.SchoolGroupPermission,
        "class": m.ClassGroupPermission,
        "group": m.StudyGroupGroupPermission,
    }
    user_models: dict[str, Any] = {
        "school": m.SchoolUserPermission,
        "class": m.ClassUserPermission,
        "group": m.StudyGroupUserPermission,
    }
    held_by: list[QuerySet] = []
    for level, pk in scopes_of(obj):
        row = {"permission__codename": codename, "content_object_id": pk}
        groups = group_models[level].objects.filter(**row).values("group_id")
        held_by.append(User.groups.through.objects.filter(group_id__in=groups).values("user_id"))
        held_by.append(user_models[level].objects.filter(**row, expires_at__gt=timezone.now()).values("user_id"))
    return User.objects.filter(is_active=True, pk__in=held_by[0].union(*held_by[1:]))


@dataclass(frozen=True)
class Explanation:
    """Why a right is held or not: the clause, the roles that hold it here, who can change that."""

    codename: str
    allowed: bool
    clause: str
    label: str
    roles: list[Role]
    own_roles: list[Role]
    granted_by: list[str]


def explain(user: User, codename: str, obj: Scope) -> Explanation:
    """The answer to «Почему нельзя?» for a visible object: clause, roles that hold the right, who may grant it."""
    right = RIGHTS[codename]
    school = obj if isinstance(obj, m.School) else obj.school
    table = effective_rights(school)
    roles = [role for role in Role if codename in table[role]]
    chain = dict(scopes_of(obj))
    own = m.RoleGroup.objects.filter(
        Q(school_class__isnull=True) | Q(school_class=chain.get("class")),
        Q(study_group__isnull=True) | Q(study_group=chain.get("group")),
        group__user=user,
        school=school,
    )
    own_roles = {Role(role) for role in own.values_list("role", flat=True)}
    granters = users_allowed("manage_rights", school).filter(persons__school=school)
    names = granters.values_list("persons__last_name", "persons__first_name", "persons__patronymic")
    rule = next((RULE_BY_ROLE_AND_RIGHT[r, codename] for r in roles if (r, codename) in RULE_BY_ROLE_AND_RIGHT), None)
    return Explanation(
        codename=codename,
        allowed=may(user, codename, obj),
        clause=rule.clause if rule else right.clause,
        label=str(right.label),
        roles=roles,
        own_roles=sorted(own_roles, key=list(Role).index),
        granted_by=[" ".join(filter(None, name)) for name in names[:5]],
    )


def effective_rights(school: m.School) -> dict[Role, set[str]]:
    """The regulation's table with the school's own changes: what every role may do in its scope."""
    table: dict[Role, set[str]] = {role: set() for role in Role}
    for role, codename in RULE_BY_ROLE_AND_RIGHT:
        table[role].add(codename)
    for override in m.RightOverride.objects.filter(school=school):
        change = table[Role(override.role)].add if override.allowed else table[Role(override.role)].discard
        change(override.codename)
    return table
