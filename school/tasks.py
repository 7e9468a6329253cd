"""What the schedule does for schools: sweeps over rows that are due, safe to run twice."""

import logging

from celery import shared_task
from django.utils import timezone

from .drift import check_rights
from .models import School
from .services import acts, rights, rollover_apply

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
