"""Who is in a role group is a projection of the facts.

`project` computes the groups that people must be in and applies the difference: idempotent, in the transaction of the
service that wrote the facts. `drift` tells where the database differs from the projection (`manage.py check_rights`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.dispatch import Signal

from accounts.models import User

from . import models as m
from .regulation import CLASS_ROLES, GROUP_ROLES, RIGHTS, ROLE_SCOPE, SCHOOL_ROLES, Role
from .rights import Scope, effective_rights

# Sent after the commit with `school` and `changes: list[RosterChange]`: chats follow the roster without being known here.
roster_changed = Signal()

Key = tuple[Role, int | None, int | None]  # role, class, study group
Pair = tuple[int, Key]  # user, role group
Membership: Any = User.groups.through
PERMISSION_MODELS: dict[str, Any] = {
    "school": m.SchoolGroupPermission,
    "class": m.ClassGroupPermission,
    "group": m.StudyGroupGroupPermission,
}
_TEACHING_POSITIONS = {
    m.StaffPosition.Kind.DIRECTOR: [Role.DIRECTOR, Role.TEACHER],
    m.StaffPosition.Kind.DEPUTY: [Role.DEPUTY, Role.TEACHER],
    m.StaffPosition.Kind.TEACHER: [Role.TEACHER],
    m.StaffPosition.Kind.EXTRA_TEACHER: [Role.TEACHER],
    m.StaffPosition.Kind.EMPLOYEE: [Role.EMPLOYEE],
    m.StaffPosition.Kind.ADMINISTRATOR: [Role.ADMINISTRATOR],
    m.StaffPosition.Kind.ADDITIONAL_ADMINISTRATOR: [Role.ADDITIONAL_ADMINISTRATOR],
}
# The order of the director or the approval of the registration vouches for these; the others wait for the status «учитель».
_VOUCHED_FOR = (Role.ADMINISTRATOR, Role.ADDITIONAL_ADMINISTRATOR, Role.EMPLOYEE)


@dataclass
class RosterChange:
    """One user's groups that changed, by id of the `auth` group."""

    user_id: int
    gained: set[int] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)


def ensure_role_groups(scope: Scope) -> list[m.RoleGroup]:
    """The role groups of a new school, class or study group, each with its rows of guardian; existing ones are kept."""
    school, school_class, study_group = _scope_keys(scope)
    place = {"school": school, "school_class": school_class, "study_group": study_group}
    there = set(m.RoleGroup.objects.filter(**place).values_list("role", flat=True))
    missing = [role for role in _roles_of(scope) if role not in there]
    groups = Group.objects.bulk_create(Group(name=f"{scope._meta.model_name} {scope.pk} · {role}") for role in missing)
    made = m.RoleGroup.objects.bulk_create(
        m.RoleGroup(group=group, role=role, **place) for group, role in zip(groups, missing, strict=True)
    )
    write_rights(school, made)
    return made


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


def facts_to_pairs(school: m.School, people: Collection[int] | None = None) -> set[Pair]:
    """The (user, role group) pairs that the facts demand, of these people or of the whole school."""
    staff = _staff_pairs(school, people)
    families = _pupil_pairs(school, people) | _parent_pairs(school, people) | _activist_pairs(school, people)
    return staff | families


def _active(model: Any, school: m.School, people: Collection[int] | None, who: str = "person") -> Any:
    rows = model.objects.active().filter(school=school)
    rows = rows.filter(**{f"{who}__user__isnull": False, f"{who}__removed_at__isnull": True})
    return rows if people is None else rows.filter(**{f"{who}__in": people})


def _staff_pairs(school: m.School, people: Collection[int] | None) -> set[Pair]:
    verified = "person__verification"
    pairs: set[tuple[int, str, Key]] = set()
    positions = _active(m.StaffPosition, school, people).values_list("person__user_id", verified, "kind")
    for user, status, kind in positions:
        pairs |= {(user, status, (role, None, None)) for role in _TEACHING_POSITIONS[m.StaffPosition.Kind(kind)]}
    homerooms = _active(m.Homeroom, school, people).filter(school_class__archived_at__isnull=True)
    for user, status, school_class in homerooms.values_list("person__user_id", verified, "school_class_id"):
        pairs.add((user, status, (Role.HOMEROOM, school_class, None)))
    teachings = _active(m.Teaching, school, people).filter(study_group__school_class__archived_at__isnull=True)
    for user, status, group, school_class in teachings.values_list(
        "person__user_id", verified, "study_group_id", "study_group__school_class_id"
    ):
        pairs.add((user, status, (Role.CLASS_TEACHER, school_class, None)))
        pairs.add((user, status, (Role.GROUP_TEACHER, school_class, group)))
    return {_as_verified(school, user, status, key) for user, status, key in pairs}


def _as_verified(school: m.School, user: int, status: str, key: Key) -> Pair:
    """An unverified teacher has what an applicant has, where the school demands the status (2.1)."""
    waits = school.requires_verification and status != m.Person.Verification.VERIFIED
    if waits and key[0] not in _VOUCHED_FOR:
        return user, (Role.APPLICANT, None, None)
    return user, key


def _pupil_pairs(school: m.School, people: Collection[int] | None) -> set[Pair]:
    pairs: set[Pair] = set()
    enrolments = _active(m.Enrolment, school, people).filter(school_class__archived_at__isnull=True)
    for user, school_class in enrolments.values_list("person__user_id", "school_class_id"):
        pairs |= {(user, (Role.PUPIL, None, None)), (user, (Role.CLASS_PUPIL, school_class, None))}
    memberships = _active(m.GroupMembership, school, people).filter(study_group__school_class__archived_at__isnull=True)
    for user, group, school_class in memberships.values_list(
        "person__user_id", "study_group_id", "study_group__school_class_id"
    ):
        pairs.add((user, (Role.GROUP_PUPIL, school_class, group)))
    return pairs


def _parent_pairs(school: m.School, people: Collection[int] | None) -> set[Pair]:
    """A parent has a role through each child that is in a class."""
    wards = _active(m.Guardianship, school, people, who="guardian").values("guardian__user_id", "pupil_id")
    children = {row["pupil_id"] for row in wards}
    enrolled = m.Enrolment.objects.active().filter(person__in=children, school_class__archived_at__isnull=True)
    classes = dict(enrolled.filter(person__removed_at__isnull=True).values_list("person_id", "school_class_id"))
    pairs: set[Pair] = set()
    for row in wards:
        if row["pupil_id"] in classes:
            user = row["guardian__user_id"]
            pairs |= {(user, (Role.PARENT, None, None)), (user, (Role.CLASS_PARENT, classes[row["pupil_id"]], None))}
    return pairs


def _activist_pairs(school: m.School, people: Collection[int] | None) -> set[Pair]:
    roles = {m.Activist.Kind.PARENTS: Role.PARENTS_ACTIVIST, m.Activist.Kind.PUPILS: Role.PUPILS_ACTIVIST}
    rows = _active(m.Activist, school, people).values_list("person__user_id", "kind")
    return {(user, (roles[m.Activist.Kind(kind)], None, None)) for user, kind in rows}


def project(school: m.School, people: Iterable[m.Person] | None = None) -> list[RosterChange]:
    """Put the users of these people (of the whole school when None) into the groups that the facts demand.

    Returns the changes and announces them after the commit. Costs the same number of queries for one and for a thousand.
    """
    ids = None if people is None else {person.pk for person in people}
    wanted = facts_to_pairs(school, ids)
    groups = {key: group for group, key in role_groups(school).items()}
    actual = actual_pairs(school, ids)
    desired = {(user, groups[key]) for user, key in wanted}
    gained, lost = desired - actual, actual - desired
    Membership.objects.bulk_create([Membership(user_id=u, group_id=g) for u, g in gained], ignore_conflicts=True)
    for group in {g for _, g in lost}:
        Membership.objects.filter(group_id=group, user_id__in=[u for u, g in lost if g == group]).delete()
    changes = _changes(gained, lost)
    if changes:
        transaction.on_commit(lambda: roster_changed.send(sender=m.School, school=school, changes=changes))
    return changes


def role_groups(school: m.School) -> dict[int, Key]:
    """The school's role groups: id of the `auth` group -> (role, class, study group)."""
    rows = m.RoleGroup.objects.filter(school=school)
    values = rows.values_list("group_id", "role", "school_class_id", "study_group_id")
    return {group: (Role(role), school_class, study_group) for group, role, school_class, study_group in values}


def actual_pairs(school: m.School, people: Collection[int] | None) -> set[tuple[int, int]]:
    """The (user, `auth` group) pairs that are in the database."""
    rows = Membership.objects.filter(group__role_group__school=school)
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
