"""A role is changed in place, with a preview of what the person loses and gains."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..errors import Refusal, require_same_school
from ..eventlog import record
from ..models import EventKind, Guardianship, Movement, Person, RoleGroup, SchoolClass, StaffPosition
from ..projection import facts_to_pairs
from ..regulation import RIGHTS, Role
from ..rights import effective_rights, require
from ..roles import project
from .movements import Kind, journalled
from .people import PERSON_FACTS, link_guardian
from .pupils import enrol
from .roster import lock_people, require_over
from .staff import open_position


class NewRole(models.TextChoices):
    """What a person may be turned into."""

    TEACHER = "teacher", _("teacher")
    EXTRA_TEACHER = "extra_teacher", _("additional-education teacher")
    DEPUTY = "deputy", _("deputy director")
    EMPLOYEE = "employee", _("employee")
    PUPIL = "pupil", _("pupil")
    PARENT = "parent", _("parent")


@dataclass(frozen=True)
class RoleTarget:
    """The new role and what it needs: a class for a pupil, the child and the kinship for a parent."""

    role: NewRole
    school_class: SchoolClass | None = None
    child: Person | None = None
    kind: str = Guardianship.Kind.GUARDIAN


@dataclass(frozen=True)
class RoleChangePreview:
    """Roles («учитель класса · 7Б») and rights by name, lost and gained."""

    roles_lost: list[str]
    roles_gained: list[str]
    rights_lost: list[str]
    rights_gained: list[str]


class _Preview(Exception):
    """Carries the answer out of the transaction that must not be kept."""


def preview_role_change(*, by: User, person: Person, target: RoleTarget) -> RoleChangePreview:
    """What `change_role` would do, found by doing it and rolling back; nothing is written or announced."""
    answer: list[RoleChangePreview] = []

    def look(lost: set[Any], gained: set[Any]) -> None:
        answer.append(_describe(person, lost, gained))
        raise _Preview

    try:
        _change(by, person, target, look)
    except _Preview:
        return answer[0]
    raise AssertionError("the preview always rolls back")


def change_role(*, by: User, person: Person, target: RoleTarget) -> None:
    """End what the person is and make him what `target` says, keeping the record, the login and the history.

    Who comes into the staff or a class by it, or leaves them, stands in the journal of movement, and the act can be undone.
    Raises `Refusal` for an administrator, a pupil without a class, a parent without a child.
    """
    _change(by, person, target, lambda lost, gained: None)


@transaction.atomic
def _change(by: User, person: Person, target: RoleTarget, then: Callable[[set[Any], set[Any]], None]) -> None:
    require(by, "manage_people", person.school)
    require_same_school(person, target.school_class, target.child)
    lock_people(person)
    if person.removed_at:
        raise Refusal(_("This person has left the school."), code="has_left")
    require_over(by=by, person=person)
    before = _roles(person)
    with journalled(by=by, person=person, lines=_lines(person, target)):
        _end_everything(person)
        _start(by, person, target)
        after = _roles(person)
        record(
            EventKind.ROLE_CHANGED,
            by=by,
            school=person.school,
            subject=person,
            old={"roles": sorted(map(str, before))},
            new={"roles": sorted(map(str, after)), "role": target.role},
        )
        project(person.school, [person], by=by)
    then(before - after, after - before)


def _lines(person: Person, target: RoleTarget) -> list[Movement]:
    """What it is in the journal: who was of the staff or a pupil goes as such, who becomes one comes as such.

    None between two posts, and for a parent as a parent; from class to class it is a move.
    """
    here = person.enrolments.active().select_related("school_class").first()
    left = here.school_class if here else None
    was_staff, to_class = person.positions.active().exists(), target.school_class
    becomes_pupil = target.role == NewRole.PUPIL and to_class is not None
    becomes_staff = target.role not in (NewRole.PUPIL, NewRole.PARENT)
    if left and becomes_pupil:
        moved = Movement(person=person, kind=Kind.TRANSFERRED, from_class=left, to_class=to_class)
        return [moved] if left != to_class else []
    lines: list[Movement] = []
    if left:
        lines.append(Movement(person=person, kind=Kind.LEFT, from_class=left))
    if was_staff and not becomes_staff:
        lines.append(Movement(person=person, kind=Kind.DISMISSED))
    if becomes_pupil:
        lines.append(Movement(person=person, kind=Kind.ENROLLED, to_class=to_class))
    if becomes_staff and not was_staff:
        lines.append(Movement(person=person, kind=Kind.HIRED))
    return lines


def _end_everything(person: Person) -> None:
    today = timezone.localdate()
    for model in PERSON_FACTS:
        model.objects.active().filter(person=person).update(ends_on=today)
    person.wards.active().update(ends_on=today)


def _start(by: User, person: Person, target: RoleTarget) -> None:
    if target.role == NewRole.PUPIL:
        if target.school_class is None:
            raise Refusal(_("Choose the class."), code="class_needed", field="school_class")
        enrol(by=by, person=person, school_class=target.school_class)
    elif target.role == NewRole.PARENT:
        if target.child is None:
            raise Refusal(_("Choose the child."), code="child_needed", field="child")
        link_guardian(by=by, pupil=target.child, guardian=person, kind=target.kind)
    else:
        open_position(by=by, person=person, kind=StaffPosition.Kind(target.role.value))


def _roles(person: Person) -> set[tuple[Role, int | None, int | None]]:
    """The roles that the facts give, as if the person had joined."""
    return {key for _person, key in facts_to_pairs(person.school, [person.pk], who="id")}


def _describe(person: Person, lost: set[Any], gained: set[Any]) -> RoleChangePreview:
    table = effective_rights(person.school)
    groups = RoleGroup.objects.filter(school=person.school).select_related("school_class", "study_group__subject")
    names = {
        (Role(g.role), g.school_class_id, g.study_group_id): " · ".join(
            str(part) for part in (g.get_role_display(), g.school_class, g.study_group) if part
        )
        for g in groups
    }
    rights_lost = {codename for role, _c, _g in lost for codename in table[role]}
    rights_gained = {codename for role, _c, _g in gained for codename in table[role]}
    return RoleChangePreview(
        roles_lost=sorted(names[key] for key in lost),
        roles_gained=sorted(names[key] for key in gained),
        rights_lost=sorted(str(RIGHTS[c].label) for c in rights_lost - rights_gained),
        rights_gained=sorted(str(RIGHTS[c].label) for c in rights_gained - rights_lost),
    )
