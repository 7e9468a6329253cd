"""Personal data leaves the portal by two pairs of hands: who took what, and what for, stays in the event log.

An export is proposed, approved by a second administrator or due after a day, and then taken by who proposed it, for three
days. What is taken is as the data are then.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..acts import kind_named
from ..errors import Refusal
from ..eventlog import record
from ..models import EventKind, PendingAct, School
from ..rights import require
from .acts import propose_act

EVENTS, PEOPLE, MOVEMENT = "export_events", "export_people", "export_movement"  # the kinds of act (`school.acts`)
RIGHT_OF = {EVENTS: "view_events", PEOPLE: "manage_people", MOVEMENT: "manage_people"}
TAKEN_WITHIN = dt.timedelta(days=3)


@transaction.atomic
def propose_export(*, by: User, school: School, what: str, reason: str, filters: str = "") -> PendingAct:
    """Ask for a file: `what` is one of `RIGHT_OF`, `filters` the query string of the list. Refused without a reason."""
    require(by, RIGHT_OF[what], school)
    if not reason.strip():
        raise Refusal(_("Say what the file is for."), code="reason_needed", field="reason")
    payload = {"reason": reason.strip()[:300], "filters": filters[:1000]}
    label = kind_named(what).label
    return propose_act(by=by, school=school, kind=what, payload=payload, summary=f"{label}: {payload['reason']}")


def allow_export(what: str) -> Any:
    """What is carried out for an export: nothing but the right asked again; from now on it may be taken."""

    def carry_out(by: User, school: School, payload: dict[str, Any]) -> None:
        require(by, RIGHT_OF[what], school)

    return carry_out


def may_take(user: User, act: PendingAct) -> bool:
    """Is it an export of his own that has been allowed and is not too old?"""
    allowed = act.carried_out_at
    is_export = act.kind in RIGHT_OF and act.proposed_by_id == user.pk
    return is_export and allowed is not None and timezone.now() < allowed + TAKEN_WITHIN


@transaction.atomic
def take_export(*, by: User, act: PendingAct) -> None:
    """Note that the file is taken; the caller makes it. Raises `Refusal` for one that is not his, not allowed or too old."""
    if right := RIGHT_OF.get(act.kind):
        require(by, right, act.school)
    if not may_take(by, act):
        raise Refusal(_("There is no file to take: ask for the export again."), code="no_export")
    new = {"what": act.kind.removeprefix("export_"), **act.payload}
    record(EventKind.DATA_EXPORTED, by=by, school=act.school, subject=act.school, new=new)
