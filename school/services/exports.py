"""Personal data leaves the portal: who took what, and what for, stays in the event log."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..errors import Refusal
from ..eventlog import record
from ..models import EventKind, School
from ..rights import require


@transaction.atomic
def export_events(*, by: User, school: School, reason: str, filters: str = "") -> None:
    """Note that the event log was exported. Raises `Refusal` without a reason; the caller makes the file."""
    require(by, "view_events", school)
    if not reason.strip():
        raise Refusal(_("Say what the file is for."), code="reason_needed", field="reason")
    new = {"what": "events", "reason": reason.strip()[:300], "filters": filters[:300]}
    record(EventKind.DATA_EXPORTED, by=by, school=school, subject=school, new=new)


@transaction.atomic
def export_movement(*, by: User, school: School, reason: str, filters: str = "") -> None:
    """Note that the report on movement was taken as a file. Raises `Refusal` without a reason; the caller makes the file."""
    require(by, "manage_people", school)
    if not reason.strip():
        raise Refusal(_("Say what the file is for."), code="reason_needed", field="reason")
    new = {"what": "movement", "reason": reason.strip()[:300], "filters": filters[:300]}
    record(EventKind.DATA_EXPORTED, by=by, school=school, subject=school, new=new)
