"""Where the database differs from the projection of the facts and from the regulation's table."""

from dataclasses import dataclass

from django.db import transaction

from .models import RoleGroup, School, SchoolClass, StudyGroup
from .roles import (
    Membership,
    _actual_pairs,
    _role_groups,
    ensure_role_groups,
    facts_to_pairs,
    project,
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
    groups_missing = len(ensure_role_groups(school))
    for school_class in SchoolClass.objects.filter(school=school):
        groups_missing += len(ensure_role_groups(school_class))
    for study_group in StudyGroup.objects.filter(school=school):
        groups_missing += len(ensure_role_groups(study_group))
    groups = {key: group for group, key in _role_groups(school).items()}
    desired = {(user, groups[key]) for user, key in facts_to_pairs(school)}
    actual = _actual_pairs(school, None)
    rights_changed = write_rights(school, RoleGroup.objects.filter(school=school))
    project(school)
    return Drift(groups_missing, len(desired - actual), len(actual - desired), rights_changed)


__all__ = ["Drift", "Membership", "check_rights"]
