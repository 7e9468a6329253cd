"""The kinds of official chats as data: by which clause, by whose right, about what, who is in (regulation 2.2–2.4).

An automatic kind has an audience of roles, kept by the roster itself; a hand-picked kind (`candidates`) has the people
that its creator chose among those roles.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from school.regulation import STAFF, Role, ScopeName


class Kind(models.TextChoices):
    DEPUTIES = "deputies", _("Director and deputies")
    STAFF = "staff", _("Director and teaching staff")
    PARENTS_ACTIVISTS = "parents_activists", _("Director and parents' activists")
    PUPILS_ACTIVISTS = "pupils_activists", _("Director and pupils' activists")
    MANAGEMENT = "management", _("Other managerial chat")
    PUPILS = "pupils", _("Pupils of the class")
    PARENTS = "parents", _("Parents of the class")
    TEACHERS = "teachers", _("Teachers of the class")
    CLASS_OTHER = "class_other", _("Other educational chat of the class")
    SUBJECT = "subject", _("Pupils by subject")
    TEACHING_OTHER = "teaching_other", _("Other educational chat of a teacher")


PUPIL_ROLES = (Role.CLASS_PUPIL, Role.GROUP_PUPIL, Role.PUPILS_ACTIVIST, Role.PUPIL)
PARENT_ROLES = (Role.CLASS_PARENT, Role.PARENTS_ACTIVIST, Role.PARENT)
# In this order they answer for a chat when its owner is gone.
ADULT_ROLES = (Role.HOMEROOM, Role.GROUP_TEACHER, Role.DIRECTOR, Role.DEPUTY, Role.CLASS_TEACHER, *STAFF)


@dataclass(frozen=True)
class ChatKind:
    """One line of the table. `led_by_right`: whoever holds the right in the scope keeps the chat, not its owner alone."""

    kind: Kind
    clause: str
    right: str
    scope: ScopeName
    title: Promise | str
    create: Promise | str
    audience: tuple[Role, ...] = ()
    candidates: tuple[Role, ...] = ()
    led_by_right: bool = True

    @property
    def is_hand_picked(self) -> bool:
        return bool(self.candidates)

    @property
    def holds_families(self) -> bool:
        """Pupils or parents are in it, or may be chosen for it."""
        return not {*self.audience, *self.candidates}.isdisjoint((*PUPIL_ROLES, *PARENT_ROLES))


def _school(kind: Kind, right: str, create: Promise | str, *audience: Role) -> ChatKind:
    return ChatKind(kind, "2.2", right, "school", kind.label, create, audience)


def _class(kind: Kind, right: str, title: Promise | str, create: Promise | str, *audience: Role) -> ChatKind:
    return ChatKind(kind, "2.3", right, "class", title, create, audience)


KINDS: dict[Kind, ChatKind] = {
    row.kind: row
    for row in [
        _school(
            *(Kind.DEPUTIES, "create_deputies_chat", _("Create the chat with the deputies")),
            *(Role.DIRECTOR, Role.DEPUTY),
        ),
        _school(
            *(Kind.STAFF, "create_staff_chat", _("Create the chat with the teaching staff")),
            *(Role.DIRECTOR, Role.TEACHER),
        ),
        _school(
            *(
                Kind.PARENTS_ACTIVISTS,
                "create_parents_activists_chat",
                _("Create the chat with the parents' activists"),
            ),
            *(Role.DIRECTOR, Role.PARENTS_ACTIVIST),
        ),
        _school(
            *(Kind.PUPILS_ACTIVISTS, "create_pupils_activists_chat", _("Create the chat with the pupils' activists")),
            *(Role.DIRECTOR, Role.DEPUTY, Role.PUPILS_ACTIVIST),
        ),
        ChatKind(
            *(Kind.MANAGEMENT, "2.2", "create_management_chat", "school"),
            title="",
            create=_("Create another managerial chat"),
            candidates=STAFF,
        ),
        _class(
            *(Kind.PUPILS, "create_pupils_chat", _("%(scope)s: pupils"), _("Create the pupils' chat")),
            *(Role.CLASS_PUPIL, Role.HOMEROOM),
        ),
        _class(
            *(Kind.PARENTS, "create_parents_chat", _("%(scope)s: parents"), _("Create the parents' chat")),
            *(Role.CLASS_PARENT, Role.HOMEROOM),
        ),
        _class(
            *(Kind.TEACHERS, "create_teachers_chat", _("%(scope)s: teachers"), _("Create the teachers' chat")),
            *(Role.CLASS_TEACHER, Role.HOMEROOM),
        ),
        ChatKind(
            *(Kind.CLASS_OTHER, "2.3", "create_class_chat", "class"),
            title="",
            create=_("Create another chat of the class"),
            candidates=(Role.CLASS_PUPIL, Role.CLASS_PARENT, Role.CLASS_TEACHER, Role.HOMEROOM),
        ),
        ChatKind(
            *(Kind.SUBJECT, "2.4", "create_subject_chat", "group"),
            title=_("%(class)s: %(scope)s"),
            create=_("Create the chat by subject"),
            audience=(Role.GROUP_PUPIL, Role.GROUP_TEACHER),
        ),
        ChatKind(
            *(Kind.TEACHING_OTHER, "2.4", "create_teaching_chat", "class"),
            title="",
            create=_("Create another educational chat"),
            candidates=(Role.GROUP_PUPIL, Role.TEACHER),
            led_by_right=False,
        ),
    ]
}


def kinds_on(scope: ScopeName) -> list[ChatKind]:
    """The kinds of chats that are created from the page of a school, a class or a study group."""
    return [row for row in KINDS.values() if row.scope == scope]
