"""What the worker does with lists: checks them, carries them out, takes up what a killed worker left, clears away.

The row says what is to be done: a task that comes twice, or never, changes nothing about the outcome.
"""

import datetime as dt
import logging
from pathlib import Path

from django.db import OperationalError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from sferum_portal import request_context
from sferum_portal.request_context import RequestContext

from ..errors import Refusal
from ..importing.plan import Line, Outcome, digest_of
from ..models import ImportLine, ListImport
from ..models.acts import UNDO_DAYS
from ..models.imports import KEPT, private_storage
from ..rights import RightDenied
from .imports import ListsChanged, apply_import, discard, plan_of

logger = logging.getLogger(__name__)
State = ListImport.State
SILENCE = dt.timedelta(seconds=30)  # after it a worker counts as killed
ATTEMPTS = 4


def work_on(pk: int) -> None:
    """Do what the import waits for. Two workers on one list do it once: the second finds it done, or at work."""
    list_import = _claim(pk)
    if list_import is None:
        return
    with request_context.within(RequestContext(list_import.address or "", list_import.request_id)):
        try:
            _work(list_import)
        except OperationalError:  # the database is busy or away: the sweep comes again
            logger.exception("import %s could not be worked on", pk)
        except (Refusal, RightDenied) as refusal:
            _fail(list_import, str(refusal))
        except Exception:
            logger.exception("import %s failed", pk)
            _fail(list_import, _("Something went wrong on the portal's side. Nothing was changed; try once more."))


def _claim(pk: int) -> ListImport | None:
    now = timezone.now()
    free = Q(beat_at__isnull=True) | Q(beat_at__lt=now - SILENCE)
    claimed = ListImport.objects.at_work().filter(free, pk=pk).update(beat_at=now, attempts=F("attempts") + 1)
    if not claimed:
        return None
    list_import = ListImport.objects.select_related("school", "asked_by").get(pk=pk)
    if list_import.attempts > ATTEMPTS:
        _fail(list_import, _("The list could not be worked on: divide it into parts and try again."))
        return None
    return list_import


def _work(list_import: ListImport) -> None:
    if list_import.state == State.PLANNING:
        _plan(list_import)
        return
    try:
        apply_import(by=list_import.asked_by, list_import=list_import)
    except ListsChanged as changed:
        changes = {"state": State.PLANNING, "message": str(changed), "done": 0}
        ListImport.objects.filter(pk=list_import.pk, state=State.APPLYING).update(**changes)
        list_import.refresh_from_db()
        if list_import.state == State.PLANNING:
            _plan(list_import)


def _plan(list_import: ListImport) -> None:
    """Make the plan and write its lines down, unless the list was cancelled meanwhile."""
    rows = ListImport.objects.filter(pk=list_import.pk, state=State.PLANNING)

    def beat(done: int) -> None:
        rows.update(done=done, beat_at=timezone.now())

    plan, _roster = plan_of(list_import, list_import.asked_by, beat)
    lines = plan.lines()
    with transaction.atomic():
        current = rows.select_for_update().first()
        if current is None:
            return
        current.lines.all().delete()
        ImportLine.objects.bulk_create(
            [_row(current, number, line) for number, line in enumerate(lines, start=1)], batch_size=1000
        )
        current.state, current.done, current.total = State.PLANNED, plan.total, plan.total
        current.counts, current.notes, current.digest = plan.counts(lines), plan.notes, digest_of(lines)
        current.save()


def _row(list_import: ListImport, number: int, line: Line) -> ImportLine:
    return ImportLine(
        list_import=list_import,
        number=number,
        outcome=line.outcome,
        what=line.what,
        rows=line.labels,
        who=line.who[:320],
        place=line.place[:60],
        reason=line.reason[:1000],
        cells=[[r.label, r.cells, str(r.default_class or "")] for r in line.rows]
        if line.outcome == Outcome.ERROR
        else [],
    )


def _fail(list_import: ListImport, message: str) -> None:
    ListImport.objects.at_work().filter(pk=list_import.pk).update(state=State.FAILED, message=message[:500])


def take_up() -> list[int]:
    """The imports that no worker has a hand on: their tasks were lost, or their workers killed."""
    silent = Q(beat_at__isnull=True) | Q(beat_at__lt=timezone.now() - SILENCE)
    return list(ListImport.objects.at_work().filter(silent).values_list("pk", flat=True))


def clear_away() -> int:
    """Forget lists that nobody applied within a day, and the lines of imports that can be undone no more.

    Files whose row has gone (a crash between the two) go too. Returns how many lists were forgotten.
    """
    now = timezone.now()
    old = ListImport.objects.unfinished().filter(created_at__lt=now - KEPT)
    forgotten = 0
    for pk in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            if list_import := old.select_for_update().filter(pk=pk).first():
                discard(list_import)
                forgotten += 1
    ImportLine.objects.filter(list_import__created_at__lt=now - dt.timedelta(days=UNDO_DAYS)).delete()
    _clear_folder(now - KEPT)
    return forgotten


def _clear_folder(before: dt.datetime) -> None:
    storage = private_storage()
    if not storage.exists("imports"):
        return
    for name in storage.listdir("imports")[1]:
        path = str(Path("imports") / name)
        if storage.get_modified_time(path) < before:
            storage.delete(path)
