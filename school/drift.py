"""Where the database differs from the projection of the facts and from the regulation's table."""

from dataclasses import dataclass

from django.db import transaction

from .models import RoleGroup, School, SchoolClass, StudyGroup
from .projection import facts_to_pairs
from .rights import Scope
from .roles import (
    actual_pairs,
    ensure_role_groups,
    expected_keys,
    lock_roster,
    project,
    role_groups,
    write_rights,
)


@dataclass(frozen=True)
class Drift:
    """Counts of what is missing and what is too much in one school; all zero when the rights stand."""

    groups_missing: int
    memberships_missing: int
    memberships_extra: int
    rights_changed: int

    def __bool__(self) -> bool:
        return any((self.groups_missing, self.memberships_missing, self.memberships_extra, self.rights_changed))


class _LookOnly(Exception):
    pass


def check_rights(school: School, *, fix: bool = False) -> Drift:
    """Compare one school with what it should be; with `fix` leave it so, without it change nothing."""
    try:
        with transaction.atomic():
            drift = _repair(school)
            if not fix:
                raise _LookOnly
    except _LookOnly:
        pass
    return drift


def _repair(school: School) -> Drift:
    school = lock_roster(school.pk)
    groups_missing = _make_missing_groups(school)
    groups = {key: group for group, key in role_groups(school).items()}
    desired = {(user, groups[key]) for user, key in facts_to_pairs(school)}
    actual = actual_pairs(school, None)
    rights_changed = write_rights(school, RoleGroup.objects.filter(school=school))
    project(school)
    return Drift(groups_missing, len(desired - actual), len(actual - desired), rights_changed)


def _make_missing_groups(school: School) -> int:
    """Look at all scopes in three queries, and make the groups only where some are missing."""
    there = set(role_groups(school).values())
    scopes: list[Scope] = [school, *SchoolClass.objects.filter(school=school).select_related("school")]
    scopes += StudyGroup.objects.filter(school=school).select_related("school", "school_class")
    incomplete = [scope for scope in scopes if not expected_keys(scope) <= there]
    return sum(len(ensure_role_groups(scope)) for scope in incomplete)
