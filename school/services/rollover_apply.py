"""A new school year is begun: the plan is carried out in one transaction, by the worker, and can be undone (2.1).

The database is the schedule. A row that is «applying» is taken by whoever locks it; a worker that was killed leaves
nothing behind but that row, and the next sweep takes it again.
"""

import logging
from contextlib import ExitStack

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import progress, undo
from ..errors import Refusal
from ..eventlog import record
from ..models import Act, EventKind, Rollover
from ..models.movements import Movement
from ..roles import projecting_once
from ..rollover_plan import Plan
from ..rollover_reading import read_plan
from ..succession import following
from .rollover import require_rollover
from .rollover_begin import require_approved
from .rollover_facts import NewYear

logger = logging.getLogger(__name__)

# What is done, in this order; the page shows how many of them are.
STEPS = (
    gettext_lazy("classes of the new year"),
    gettext_lazy("subjects and parts of classes"),
    gettext_lazy("pupils"),
    gettext_lazy("who leaves"),
    gettext_lazy("homeroom and subject teachers"),
    gettext_lazy("the journal of movement"),
    gettext_lazy("chats and invites"),
    gettext_lazy("roles and rights"),
    gettext_lazy("what is needed to undo it"),
)


def progress_name(rollover: Rollover) -> str:
    """Another one for each attempt: the steps of one that failed are not shown as those of the next."""
    return f"rollover:{rollover.pk}:{rollover.started_at and rollover.started_at.timestamp()}"


def carry_out_due() -> int:
    """Carry out every plan that was given to the worker and that nobody works on. Returns how many were."""
    due = Rollover.objects.filter(state=Rollover.State.APPLYING).order_by("started_at")
    return sum(carry_out(pk) for pk in list(due.values_list("pk", flat=True)))


def carry_out(pk: int) -> bool:
    """Carry out one plan, wholly or not at all. False when another worker has it, or it is not to be carried out.

    What goes wrong is written into the row with the reason, so that it can be corrected and begun again.
    """
    try:
        with transaction.atomic():
            waiting = Rollover.objects.filter(pk=pk, state=Rollover.State.APPLYING)
            locked = waiting.select_for_update(skip_locked=True, of=("self",))
            rollover = locked.select_related("school", "from_year", "applied_by").first()
            if rollover is None:
                return False
            _apply(rollover)
            return True
    except Refusal as refusal:
        _fail(pk, str(refusal))
    except PermissionDenied:
        _fail(pk, _("Whoever began it has lost the right to do so."))
    except Exception:
        logger.exception("rollover %s failed", pk)
        _fail(pk, _("The portal made an error. Nothing was changed; try again, and tell the support if it stays so."))
    return False


def _fail(pk: int, reason: str) -> None:
    Rollover.objects.filter(pk=pk, state=Rollover.State.APPLYING).update(
        state=Rollover.State.FAILED, reason=reason[:300]
    )


def _apply(rollover: Rollover) -> None:
    by, school = rollover.applied_by, rollover.school
    if by is None:
        raise PermissionDenied
    require_rollover(by, school)
    name = progress_name(rollover)
    progress.tell(name, 0)  # a worker that was killed had come further
    title = _("School year %(year)s") % {"year": rollover.new_year}
    with undo.remembered(Act.Kind.ROLLOVER, by=by, school=school, title=title) as act, ExitStack() as followers:
        plan = read_plan(rollover)
        if plan.problems:
            raise Refusal(plan.problems[0], code="plan_has_problems")
        require_approved(plan)
        with projecting_once(school, act=act):
            year = NewYear(by=by, plan=plan, act=act)
            for done, step in enumerate(year.steps, start=1):
                step()
                progress.tell(name, done)
            followers.enter_context(following(school, year.succession))
            progress.tell(name, len(year.steps) + 1)
        progress.tell(name, len(year.steps) + 2)
        record(EventKind.YEAR_ROLLED_OVER, by=by, school=school, subject=act, new=_in_figures(plan))
    Rollover.objects.filter(pk=rollover.pk).update(state=Rollover.State.APPLIED, act=act, skipped=plan.skipped)
    progress.tell(name, len(STEPS))


def _in_figures(plan: Plan) -> dict[str, object]:
    kinds = (
        *(Movement.Kind.PROMOTED, Movement.Kind.CONDITIONAL, Movement.Kind.REPEATS),
        *(Movement.Kind.LEFT, Movement.Kind.GRADUATED),
    )
    years = {"from_year": str(plan.rollover.from_year), "to_year": plan.rollover.new_year}
    return {**years, **{kind.value: plan.counts[kind.value] for kind in kinds}, "skipped": plan.skipped}
