from celery import shared_task

from .heartbeat import mark


@shared_task
def heartbeat() -> None:
    """Shows that a task sent by beat passes the broker and is done by a worker."""
    mark("worker")
