"""The end of rights given by hand: their term is over, they are taken back, the person is no longer of the staff."""

from collections.abc import Collection
from typing import Any

from accounts.models import User

from . import models as m
from .eventlog import record

TEMPORARY_MODELS: dict[type[Any], type[Any]] = {
    m.School: m.SchoolUserPermission,
    m.SchoolClass: m.ClassUserPermission,
    m.StudyGroup: m.StudyGroupUserPermission,
}


def end(permission: m.TemporaryPermission, *, by: User | None) -> None:
    """Delete the right and write it to the log."""
    person = permission.user.persons.filter(school=permission.school).first()
    record(
        m.EventKind.RIGHT_ENDED,
        by=by,
        school=permission.school,
        subject=person or permission.user,
        person=person,
        old={"right": permission.permission.codename, "scope": str(permission.content_object)},
    )
    permission.delete()


def end_of_former_staff(school: m.School, users: Collection[int], *, by: User | None) -> None:
    """A right given by hand goes with the last role of the staff."""
    for model in TEMPORARY_MODELS.values() if users else ():
        rows = model.objects.filter(school=school, user_id__in=users)
        for permission in rows.select_related("school", "user", "permission", "content_object"):
            end(permission, by=by)
