"""The table of rights changed by the school, and rights given by hand until a date."""

import datetime as dt

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..errors import Refusal, require_same_school
from ..eventlog import record
from ..models import EventKind, Person, RightOverride, RoleGroup, School, TemporaryPermission
from ..projection import facts_to_pairs
from ..regulation import RIGHTS, RULE_BY_ROLE_AND_RIGHT, STAFF, Role, can_hold
from ..rights import Scope, forget_rights, require
from ..roles import lock_roster, write_rights
from ..temporary import TEMPORARY_MODELS, end
from .roster import lock_people

LONGEST_GRANT = dt.timedelta(days=180)


@transaction.atomic
def set_right(*, by: User, school: School, role: Role, codename: str, allowed: bool) -> None:
    """Tighten or widen the regulation's table for the school; setting it back to the regulation removes the change.

    Raises `Refusal` for a fixed right, a role too narrow for it, and for what children and parents never get.
    """
    require(by, "manage_rights", school)
    if codename not in RIGHTS:
        raise Refusal(_("There is no such right."), code="no_such_right")
    if not can_hold(role, codename):
        raise Refusal(_("This line of the regulation cannot be changed."), code="fixed_right")
    lock_roster(school.pk)
    by_regulation = (role, codename) in RULE_BY_ROLE_AND_RIGHT
    if allowed == by_regulation:
        RightOverride.objects.filter(school=school, role=role, codename=codename).delete()
    else:
        RightOverride.objects.update_or_create(
            school=school, role=role, codename=codename, defaults={"allowed": allowed}
        )
    groups = RoleGroup.objects.filter(school=school, role=role)
    forget_rights(by)
    if write_rights(school, groups):
        subject = groups.first() or school
        record(
            EventKind.RIGHT_CHANGED,
            by=by,
            school=school,
            subject=subject,
            new={"role": role, "right": codename, "allowed": allowed},
        )


@transaction.atomic
def grant_temporary(
    *, by: User, person: Person, codename: str, scope: Scope, until: dt.datetime, reason: str
) -> TemporaryPermission:
    """Give one of the staff a right by hand until a moment; Celery takes it back (`expire_temporary`)."""
    school = scope if isinstance(scope, School) else scope.school
    require(by, "manage_rights", school)
    right = RIGHTS.get(codename)
    if right is None or right.fixed:
        raise Refusal(_("This right is not given by hand."), code="fixed_right", field="codename")
    require_same_school(person, scope)
    lock_people(person)
    if not _is_staff(person):
        raise Refusal(_("Only one of the staff who has joined can be given a right."), code="not_staff", field="person")
    now = timezone.now()
    if not now < until <= now + LONGEST_GRANT:
        raise Refusal(_("Choose a day within the next 180 days."), code="bad_term", field="until")
    if not reason.strip():
        raise Refusal(_("Say why the right is given."), code="reason_needed", field="reason")
    model = TEMPORARY_MODELS[type(scope)]
    permission = Permission.objects.filter(
        content_type=ContentType.objects.get_for_model(scope), codename=codename
    ).first()
    if permission is None:
        raise Refusal(_("This right is not held on a class."), code="wrong_scope", field="scope")
    fact, _new = model.objects.update_or_create(
        user=person.user,
        permission=permission,
        content_object=scope,
        defaults={"school": school, "expires_at": until, "granted_by": by, "reason": reason.strip()},
    )
    new = {"right": codename, "scope": str(scope), "until": until, "reason": reason.strip()}
    record(EventKind.RIGHT_GRANTED, by=by, school=school, subject=person, new=new)
    granted: TemporaryPermission = fact
    return granted


def _is_staff(person: Person) -> bool:
    """He has joined and holds a role of the staff; one who waits for the status «учитель» does not."""
    return any(role in STAFF for _user, (role, *_scope) in facts_to_pairs(person.school, [person.pk]))


@transaction.atomic
def end_temporary(*, by: User, permission: TemporaryPermission) -> None:
    """Take a temporary right back before its term."""
    require(by, "manage_rights", permission.school)
    end(permission, by=by)


def expire_temporary(*, now: dt.datetime, batch: int = 500) -> int:
    """Take back the temporary rights whose term is over; the schedule calls it. Returns how many ended."""
    ended = 0
    for model in TEMPORARY_MODELS.values():
        with transaction.atomic():
            due = model.objects.filter(expires_at__lte=now).select_related("school", "user", "permission")
            for permission in due.select_for_update(of=("self",))[:batch]:
                end(permission, by=None)
                ended += 1
    return ended
