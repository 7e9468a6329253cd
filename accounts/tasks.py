"""Sweeps of the accounts app; each is safe to run twice."""

from celery import shared_task

from accounts import services


@shared_task
def delete_unverified_users() -> None:
    services.delete_unverified_users()
