"""What undoing asks for besides the movement: the rights that the act needed, and lists that still fit together after it."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from accounts.models import User

from . import models as m
from .rights import require
from .services.roster import BY_APPOINTMENT

_STRUCTURE = frozenset(str(model._meta.model_name) for model in (m.AcademicYear, m.Subject, m.SchoolClass))
_GIVEN_BY_STAFF = frozenset(
    str(model._meta.model_name) for model in (m.StudyGroup, m.StaffPosition, m.Homeroom, m.Teaching)
)
_POSITION = str(m.StaffPosition._meta.model_name)
_OF_PEOPLE: tuple[tuple[Any, str], ...] = (
    *((model, "person") for model in (m.Enrolment, m.GroupMembership, m.StaffPosition, m.Homeroom, m.Teaching)),
    *((m.Activist, "person"), (m.Guardianship, "guardian"), (m.Guardianship, "pupil")),
)


def require_rights(by: User, act: m.Act, lines: Iterable[m.ActRow]) -> None:
    """Who undoes may do what the act did: classes, posts that it gave, the director whom only those who appoint
    administrators make and dismiss (2.1, 2.2). Raises `RightDenied`.
    """
    school, lines = act.school, list(lines)
    require(by, "manage_people", school)
    if act.kind == m.Act.Kind.ROLLOVER or any(line.model in _STRUCTURE for line in lines):
        require(by, "manage_structure", school)
    if act.kind != m.Act.Kind.ROLLOVER and any(line.model in _GIVEN_BY_STAFF and line.before is None for line in lines):
        require(by, "manage_staff", school)
    positions = [line for line in lines if line.model == _POSITION]
    ids = [line.row_id for line in positions]
    gone = any((line.before or {}).get("kind") in BY_APPOINTMENT for line in positions)
    if gone or m.StaffPosition.objects.filter(pk__in=ids, kind__in=BY_APPOINTMENT).exists():
        require(by, "appoint_administrators", school)


def misfits(school: m.School) -> dict[tuple[str, int], str]:
    """Facts that hold of who has left, and pupils in a class of the archive: nothing but an undoing could make them."""
    found: dict[tuple[str, int], str] = {}
    for model, who in _OF_PEOPLE:
        rows = model.objects.active().filter(school=school, **{f"{who}__removed_at__isnull": False})
        found |= _named(model, rows.select_related(who), who)
    archived = m.Enrolment.objects.active().filter(school=school, school_class__archived_at__isnull=False)
    return found | _named(m.Enrolment, archived.select_related("person"), "person")


def _named(model: type[models.Model], rows: Iterable[Any], who: str) -> dict[tuple[str, int], str]:
    name = model._meta.verbose_name
    return {(str(model._meta.model_name), row.pk): f"{getattr(row, who)} ({name})" for row in rows}
