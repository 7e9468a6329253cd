"""The regulation as data: which role may do what, by which clause.

One table, `RULES`; everything else is derived from it: the permissions of the models, guardian's rows of every role
group (`school/roles.py`), the answers of `school/rights.py`, the page «Кто что может». Clauses are cited as 2.1 (the
administrator), 2.2 (the administration), 2.3 (homeroom teacher), 2.4 (teacher), 2.5 (pupil), 2.7 (parent).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ScopeName = Literal["school", "class", "group"]


class Role(models.TextChoices):
    """A role in a scope. The scope of each role is in `ROLE_SCOPE`."""

    ADMINISTRATOR = "administrator", _("administrator")
    ADDITIONAL_ADMINISTRATOR = "additional_administrator", _("additional administrator")
    DIRECTOR = "director", _("director")
    DEPUTY = "deputy", _("deputy director")
    TEACHER = "teacher", _("teaching staff")
    EMPLOYEE = "employee", _("employee")
    APPLICANT = "applicant", _("waiting for the status «учитель»")
    PUPIL = "pupil", _("pupil")
    PARENT = "parent", _("parent")
    PARENTS_ACTIVIST = "parents_activist", _("parents' activist")
    PUPILS_ACTIVIST = "pupils_activist", _("pupils' activist")
    HOMEROOM = "homeroom", _("homeroom teacher")
    CLASS_TEACHER = "class_teacher", _("teacher of the class")
    CLASS_PUPIL = "class_pupil", _("pupil of the class")
    CLASS_PARENT = "class_parent", _("parent of the class")
    GROUP_TEACHER = "group_teacher", _("subject teacher")
    GROUP_PUPIL = "group_pupil", _("pupil of the group")


CLASS_ROLES = (Role.HOMEROOM, Role.CLASS_TEACHER, Role.CLASS_PUPIL, Role.CLASS_PARENT)
GROUP_ROLES = (Role.GROUP_TEACHER, Role.GROUP_PUPIL)
SCHOOL_ROLES = tuple(role for role in Role if role not in CLASS_ROLES + GROUP_ROLES)
ROLE_SCOPE: dict[Role, ScopeName] = {
    **dict.fromkeys(SCHOOL_ROLES, "school"),
    **dict.fromkeys(CLASS_ROLES, "class"),
    **dict.fromkeys(GROUP_ROLES, "group"),
}
ADMINISTRATORS = (Role.ADMINISTRATOR, Role.ADDITIONAL_ADMINISTRATOR)
ADMINISTRATION = (Role.DIRECTOR, Role.DEPUTY)
STAFF = (*ADMINISTRATORS, *ADMINISTRATION, Role.TEACHER, Role.EMPLOYEE)
# Safe for children: no change of the table gives these roles a right that is not theirs by default.
CHILDREN_AND_PARENTS = (
    *(Role.PUPIL, Role.PARENT, Role.PUPILS_ACTIVIST, Role.PARENTS_ACTIVIST),
    *(Role.CLASS_PUPIL, Role.CLASS_PARENT, Role.GROUP_PUPIL, Role.APPLICANT),
)


@dataclass(frozen=True)
class Right:
    """A permission, what it is asked about (`on`) and the clause it comes from.

    A right may be held on its own level or above: one about a class is held on the class or on its school.
    """

    codename: str
    on: ScopeName
    clause: str
    label: Promise | str
    fixed: bool = False  # the school may not take it from or give it to anybody


def _rights(on: ScopeName, clause: str, *rows: tuple[str, Promise | str]) -> list[Right]:
    return [Right(codename, on, clause, label) for codename, label in rows]


RIGHTS: dict[str, Right] = {
    right.codename: right
    for right in [
        Right("manage_rights", "school", "2.1", _("Change who may do what"), fixed=True),
        Right(
            "appoint_administrators", "school", "2.1", _("Appoint and dismiss additional administrators"), fixed=True
        ),
        Right("approve_acts", "school", "2.1", _("Approve and cancel what needs a second administrator"), fixed=True),
        *_rights(
            "school",
            "2.1",
            ("manage_school", _("Edit the school's information")),
            ("manage_structure", _("Create classes, subjects and study groups")),
            ("manage_staff", _("Assign positions, homeroom and subject teachers")),
            ("manage_people", _("Keep the movement of pupils and staff")),
            ("invite_staff", _("Invite the staff")),
            ("confirm_teachers", _("Confirm the status «учитель»")),
            ("annul_invites", _("Annul invites")),
            ("manage_channels", _("Publish in the system channels")),
            ("view_events", _("Read the event log")),
            ("view_chat_registry", _("See the registry of official chats")),
        ),
        Right("view_staff", "school", "2.1", _("See the list of the staff")),
        Right("view_school_channel", "school", "2.1", _("Read «Общешкольный канал»")),
        Right("view_staff_channel", "school", "2.1", _("Read the channel «Сотрудники»")),
        *_rights(
            "class",
            "2.1",
            ("view_people", _("See pupils and parents")),
            ("decide_requests", _("Decide join requests")),
        ),
        Right("view_statistics", "class", "2.2", _("Read the statistics")),
        Right("invite_pupils", "class", "2.5", _("Invite pupils")),
        Right("invite_parents", "class", "2.7", _("Invite parents")),
        Right("manage_documents", "school", "2.2", _("Keep the orders and the local acts")),
        Right("approve_documents", "school", "2.2", _("Approve the orders and the local acts"), fixed=True),
        *_rights(
            "school",
            "2.2",
            ("create_deputies_chat", _("Create the chat «Директор и заместители»")),
            ("create_staff_chat", _("Create the chat «Директор и педагогические работники»")),
            ("create_parents_activists_chat", _("Create the chat «Директор и родительский актив»")),
            ("create_pupils_activists_chat", _("Create the chat «Директор и ученический актив»")),
            ("create_management_chat", _("Create other managerial chats")),
        ),
        *_rights(
            "class",
            "2.3",
            ("create_pupils_chat", _("Create the chat of the class's pupils")),
            ("create_parents_chat", _("Create the chat of the class's parents")),
            ("create_teachers_chat", _("Create the chat of the class's teachers")),
            ("create_class_chat", _("Create other educational chats of the class")),
        ),
        Right("create_subject_chat", "group", "2.4", _("Create the chat of the pupils by subject")),
        Right("create_teaching_chat", "class", "2.4", _("Create other educational chats of a teacher")),
    ]
}


@dataclass(frozen=True)
class Rule:
    """By this clause the role holds the right in its own scope."""

    clause: str
    role: Role
    codename: str


def _by(clause: str, roles: Iterable[Role], *codenames: str) -> list[Rule]:
    return [Rule(clause, role, codename) for role in roles for codename in codenames]


_DESK = (
    *("manage_school", "manage_structure", "manage_staff", "manage_people", "invite_staff", "confirm_teachers"),
    *("annul_invites", "manage_channels", "view_events", "view_chat_registry", "view_people", "decide_requests"),
    *("invite_pupils", "invite_parents", "view_statistics", "manage_documents"),
)
_CONTROL = (
    *("confirm_teachers", "view_people", "view_statistics", "view_chat_registry", "invite_parents"),
    "manage_documents",
)
_MANAGEMENT_CHATS = (
    *("create_deputies_chat", "create_staff_chat", "create_parents_activists_chat"),
    *("create_pupils_activists_chat", "create_management_chat"),
)
_CLASS_CHATS = ("create_pupils_chat", "create_parents_chat", "create_teachers_chat", "create_class_chat")

RULES: tuple[Rule, ...] = (
    *_by("2.1", ADMINISTRATORS, *_DESK, "view_staff", "view_school_channel", "view_staff_channel", "approve_acts"),
    *_by("2.1", [Role.ADMINISTRATOR], "manage_rights", "appoint_administrators"),
    *_by("2.2", [Role.DIRECTOR], "appoint_administrators", "view_events", "approve_documents", "approve_acts"),
    *_by(
        "2.2", ADMINISTRATION, *_CONTROL, *_MANAGEMENT_CHATS, "view_staff", "view_school_channel", "view_staff_channel"
    ),
    *_by("2.4", [Role.TEACHER], "view_staff", "view_school_channel", "view_staff_channel"),
    *_by("2.1", [Role.EMPLOYEE], "view_staff", "view_school_channel", "view_staff_channel"),
    *_by("2.5", [Role.PUPIL], "view_school_channel"),
    *_by("2.7", [Role.PARENT], "view_school_channel"),
    *_by("2.3", [Role.HOMEROOM], *_CLASS_CHATS, "view_people", "view_statistics", "decide_requests"),
    *_by("2.5", [Role.HOMEROOM], "invite_pupils"),
    *_by("2.7", [Role.HOMEROOM], "invite_parents"),
    *_by("2.4", [Role.CLASS_TEACHER], "view_people", "create_teaching_chat"),
    *_by("2.4", [Role.GROUP_TEACHER], "create_subject_chat"),
)


def _validated(rules: tuple[Rule, ...]) -> dict[tuple[Role, str], Rule]:
    """The rules by role and right; an unknown right, or one that the role's scope cannot hold, raises at import."""
    depth = {"school": 0, "class": 1, "group": 2}
    table: dict[tuple[Role, str], Rule] = {}
    for rule in rules:
        right = RIGHTS[rule.codename]
        if depth[ROLE_SCOPE[rule.role]] > depth[right.on]:
            raise ValueError(f"{rule.role} is narrower than the scope of {rule.codename}")
        table[rule.role, rule.codename] = rule
    return table


RULE_BY_ROLE_AND_RIGHT = _validated(RULES)


def can_hold(role: Role, codename: str) -> bool:
    """Whether the school may give the right to the role: scope wide enough, not fixed, safe for children."""
    depth = {"school": 0, "class": 1, "group": 2}
    right = RIGHTS[codename]
    if (role, codename) in RULE_BY_ROLE_AND_RIGHT:
        return not right.fixed
    return not right.fixed and role not in CHILDREN_AND_PARENTS and depth[ROLE_SCOPE[role]] <= depth[right.on]


def _permissions(*levels: ScopeName) -> list[tuple[str, Any]]:
    # The names in `auth_permission` stay English and constant: the labels that people read are in `RIGHTS`.
    return [(r.codename, f"Can {r.codename.replace('_', ' ')}") for r in RIGHTS.values() if r.on in levels]


SCHOOL_PERMISSIONS = _permissions("school", "class", "group")
CLASS_PERMISSIONS = _permissions("class", "group")
GROUP_PERMISSIONS = _permissions("group")
