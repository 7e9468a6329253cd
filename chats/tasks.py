"""Scheduled work of the chats: sweeps that find their own work and may run twice."""

from celery import shared_task

from .attendance import attend_all
from .history import resume_missed


@shared_task
def attend_chats() -> None:
    """Close the chats with pupils that have no adult and open those that have one again, let those read on who have come
    back: what a lost signal left."""
    attend_all()
    resume_missed()
