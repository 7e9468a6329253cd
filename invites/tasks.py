"""Sweeps of the invites app; each finds its own work in the database and is safe to run twice."""

from collections.abc import Callable

from celery import shared_task

from .services import prints, schedule


@shared_task
def expire_due() -> int:
    return _until_done(schedule.expire_due)


@shared_task
def annul_unclaimed() -> int:
    return _until_done(schedule.annul_unclaimed)


@shared_task
def print_ordered() -> int:
    """Make the slips of the schools that have ordered them: sent with each order, and every minute by the schedule."""
    made = 0
    while order := prints.take_next():
        prints.carry_out(order)
        made += 1
    return made


@shared_task
def delete_old_prints() -> int:
    return prints.delete_old()


def _until_done(sweep: Callable[[], int]) -> int:
    """Batch after batch; a small one is the last of its kind, the rest is the next minute's."""
    total = 0
    while closed := sweep():
        total += closed
    return total
