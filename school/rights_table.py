"""The page «Кто что может»: the regulation's table as this school has it, by clause, and one's own line."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .models import RoleGroup, School
from .regulation import RIGHTS, RULE_BY_ROLE_AND_RIGHT, Right, Role, can_hold
from .rights import effective_rights

# Which clause speaks of whom, and in which words the page heads its part of the table.
CHAPTERS: tuple[tuple[str, Any, tuple[Role, ...]], ...] = (
    ("2.1", _("Administrator"), (Role.ADMINISTRATOR, Role.ADDITIONAL_ADMINISTRATOR, Role.EMPLOYEE)),
    ("2.2", _("Administration of the school"), (Role.DIRECTOR, Role.DEPUTY)),
    ("2.3", _("Homeroom teacher"), (Role.HOMEROOM,)),
    ("2.4", _("Teaching staff"), (Role.TEACHER, Role.CLASS_TEACHER, Role.GROUP_TEACHER)),
    ("2.5", _("Pupil"), (Role.PUPIL,)),
    ("2.7", _("Parent"), (Role.PARENT,)),
)


@dataclass(frozen=True)
class Cell:
    """One role and one right: what holds, whether the school changed it, whether it may."""

    role: Role
    codename: str
    allowed: bool
    changed: bool
    changeable: bool


@dataclass(frozen=True)
class Line:
    right: Right
    clause: str
    cells: list[Cell]


@dataclass(frozen=True)
class Chapter:
    clause: str
    title: Any
    roles: tuple[Role, ...]
    lines: list[Line]
    is_mine: bool


def table_of(school: School, mine: set[Role], *, everything: bool = False) -> list[Chapter]:
    """The chapters, mine first. With `everything` also the rights that the school might add to a role."""
    table = effective_rights(school)
    chapters = [
        Chapter(clause, title, roles, _lines(table, clause, roles, everything), bool(mine & set(roles)))
        for clause, title, roles in CHAPTERS
    ]
    return sorted(chapters, key=lambda chapter: not chapter.is_mine)


def _lines(table: dict[Role, set[str]], clause: str, roles: tuple[Role, ...], everything: bool) -> list[Line]:
    lines = []
    for right in RIGHTS.values():
        cells = [cell_of(table, role, right.codename) for role in roles]
        if any(cell.allowed or cell.changed or (everything and cell.changeable) for cell in cells):
            lines.append(Line(right, _clause_of(roles, right, clause), cells))
    return lines


def cell_of(table: dict[Role, set[str]], role: Role, codename: str) -> Cell:
    allowed = codename in table[role]
    by_regulation = (role, codename) in RULE_BY_ROLE_AND_RIGHT
    return Cell(role, codename, allowed, allowed != by_regulation, can_hold(role, codename))


def _clause_of(roles: tuple[Role, ...], right: Right, clause: str) -> str:
    rules = [RULE_BY_ROLE_AND_RIGHT.get((role, right.codename)) for role in roles]
    return next((rule.clause for rule in rules if rule), right.clause)


@dataclass(frozen=True)
class OwnRight:
    """What I may do, by which clause, and where."""

    right: Right
    clause: str
    places: str


def own_roles(user: User, school: School) -> list[RoleGroup]:
    groups = RoleGroup.objects.filter(school=school, group__user=user)
    roles: list[RoleGroup] = list(groups.select_related("school_class", "study_group__subject"))
    return roles


def own_line(school: School, groups: list[RoleGroup]) -> list[OwnRight]:
    """My rights with the places where I have them: the school, 7Б, algebra in 7Б."""
    table = effective_rights(school)
    places: dict[str, list[str]] = defaultdict(list)
    clauses: dict[str, str] = {}
    for group in groups:
        role = Role(group.role)
        for codename in table[role]:
            places[codename].append(_place(group))
            rule = RULE_BY_ROLE_AND_RIGHT.get((role, codename))
            clauses.setdefault(codename, rule.clause if rule else RIGHTS[codename].clause)
    return [
        OwnRight(right, clauses[codename], ", ".join(dict.fromkeys(filter(None, places[codename]))))
        for codename, right in RIGHTS.items()
        if codename in places
    ]


def _place(group: RoleGroup) -> str:
    if group.study_group:
        return f"{group.study_group}, {group.school_class}"
    return str(group.school_class) if group.school_class else ""
