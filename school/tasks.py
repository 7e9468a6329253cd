"""What the schedule does for schools: sweeps over rows that are due, safe to run twice."""

import logging

from celery import shared_task
from django.utils import timezone

from .drift import check_rights
from .models import School
from .services import acts, import_work, rights, rollover_apply

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def expire_temporary_rights() -> int:
    """Take back the temporary rights whose term is over; they count no more even before (`rights_of`)."""
    return rights.expire_temporary(now=timezone.now())


@shared_task(ignore_result=True)
def carry_out_acts() -> int:
    """Do what has waited a day for a second administrator and was not cancelled."""
    return acts.carry_out_due(now=timezone.now())


@shared_task(ignore_result=True)
def check_all_rights() -> int:
    """Every night: log the schools whose rights differ from the facts. Repairing is a person's decision."""
    wrong = 0
    for school in School.objects.all().iterator():
        if drift := check_rights(school):
            wrong += 1
            logger.error("rights of school %s differ from the facts: %s", school.pk, drift)
    return wrong


@shared_task(ignore_result=True)
def apply_rollovers() -> int:
    """Carry out the new years that somebody has begun and no worker holds."""
    return rollover_apply.carry_out_due()


@shared_task(ignore_result=True)
def work_on_import(pk: int) -> None:
    """Check a list, or carry it out; the row says which."""
    import_work.work_on(pk)


@shared_task(ignore_result=True)
def take_up_imports() -> None:
    """Every minute: lists that a killed worker, or a broker that was away, left as they were."""
    for pk in import_work.take_up():
        import_work.work_on(pk)


@shared_task(ignore_result=True)
def clear_imports_away() -> int:
    """Every hour: lists are personal data, and nobody needs them for longer than a day."""
    return import_work.clear_away()
