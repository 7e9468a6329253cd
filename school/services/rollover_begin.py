"""A plan of a new school year is given to the worker: by one administrator, or by two where many leave the school.

A new year removes whoever graduates or leaves, so it is no road around the two pairs of hands (`school.acts`).
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User

from ..errors import Refusal
from ..models import Movement, PendingAct, Rollover, School
from ..models.rollover import NEW_YEAR
from ..rollover_plan import Plan
from ..rollover_reading import read_plan
from .acts import propose_act
from .movements import MANY_REMOVED
from .rollover import plan_to_edit


def needs_second(plan: Plan) -> bool:
    """More than `MANY_REMOVED` pupils would graduate or leave."""
    return len(plan.leavers) > MANY_REMOVED


@transaction.atomic
def begin_rollover(*, by: User, rollover: Rollover) -> PendingAct | None:
    """Give the plan to the worker: None is returned. Where it `needs_second`, it is put before a second administrator: the
    `PendingAct` is returned, and the plan stays as it is and is not edited until that has ended.

    Raises `Refusal` where something in it forbids it (plan_has_problems) and while it waits already (plan_waits).
    """
    mine = plan_to_edit(by, rollover)
    plan = _without_problems(mine)
    if not needs_second(plan):
        _give_to_the_worker(mine, by)
        return None
    people = [move.person for move in plan.leavers]
    return propose_act(
        by=by,
        school=mine.school,
        kind=NEW_YEAR,
        payload={
            "rollover": mine.pk,
            "people": [person.pk for person in people],
            "names": [person.full_name for person in people],
            "order_number": mine.order_number,
            "order_date": mine.order_date.isoformat() if mine.order_date else None,
        },
        summary=_summary(plan),
    )


def carry_out_new_year(by: User, school: School, payload: dict[str, Any]) -> None:
    """What was put before a second administrator is given to the worker, as the proposer's.

    Raises `Refusal` where the plan is gone or has problems, and where others would leave than those who were proposed.
    """
    mine = plan_to_edit(by, Rollover(pk=payload["rollover"], school=school), waits=True)
    _require_among(_without_problems(mine), payload)
    _give_to_the_worker(mine, by)


def require_approved(plan: Plan) -> None:
    """The worker asks anew, behind the lock of the roster: many may have come into the last classes since.

    Raises `Refusal` (second_administrator_needed) unless this beginning of the plan was an act of two.
    """
    if not needs_second(plan):
        return
    ours = PendingAct.objects.filter(school=plan.rollover.school, kind=NEW_YEAR, payload__rollover=plan.rollover.pk)
    act = ours.filter(carried_out_at__gte=plan.rollover.started_at).first()
    if act is None:
        raise Refusal(_("So many people are removed by two administrators."), code="second_administrator_needed")
    _require_among(plan, act.payload)


def _require_among(plan: Plan, payload: dict[str, Any]) -> None:
    """Fewer may leave than were proposed, nobody else."""
    if not {move.person.pk for move in plan.leavers} <= set(payload["people"]):
        text = _("Since it was proposed others have come who would leave: look at the plan and begin it again.")
        raise Refusal(text, code="plan_changed")


def _without_problems(rollover: Rollover) -> Plan:
    plan = read_plan(rollover)
    if plan.problems:
        raise Refusal(plan.problems[0], code="plan_has_problems")
    return plan


def _summary(plan: Plan) -> str:
    """«Новый учебный год 2026/27: выпускаются 52 человека»."""
    graduate, leave = plan.counts[Movement.Kind.GRADUATED], plan.counts[Movement.Kind.LEFT]
    said = []
    if graduate:
        said.append(ngettext("%(n)s person graduates", "%(n)s people graduate", graduate) % {"n": graduate})
    if leave:
        said.append(ngettext("%(n)s person leaves the school", "%(n)s people leave the school", leave) % {"n": leave})
    year = _("New school year %(year)s") % {"year": plan.rollover.new_year}
    return f"{year}: {', '.join(said)}"


def _give_to_the_worker(rollover: Rollover, by: User) -> None:
    rollover.state, rollover.reason = Rollover.State.APPLYING, ""
    rollover.applied_by, rollover.started_at = by, timezone.now()
    rollover.save(update_fields=["state", "reason", "applied_by", "started_at"])
    transaction.on_commit(_wake_the_worker, robust=True)


def _wake_the_worker() -> None:
    """Only a nudge: the row waits for the next sweep too, should the broker be away."""
    from ..tasks import apply_rollovers

    apply_rollovers.delay()
