"""`manage.py portal_worker`: Celery worker and beat in one process, for an installation without services of its own."""

import ctypes
import fcntl
import os
import signal
import sys
import threading
import time
import warnings
from argparse import ArgumentParser
from typing import IO, Any

from celery import signals
from celery.beat import Service
from celery.exceptions import SecurityWarning
from django.conf import settings
from django.core.management.base import BaseCommand

from sferum_portal.beat import DatabaseScheduler
from sferum_portal.broker import put_back
from sferum_portal.celery import app

PR_SET_PDEATHSIG = 1


class Command(BaseCommand):
    help = "Runs the Celery worker (threads) and beat in one process; only one of them runs in a var/ folder."

    requires_system_checks = []  # the portal that starts it has made them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2)
        parser.add_argument("--parent", type=int, help="end when the process with this id ends")

    def handle(self, *args: Any, concurrency: int, parent: int | None, **options: Any) -> None:
        # Celery warns of root because pickles could be run; ours are JSON, and on a bare machine root is who there is.
        warnings.simplefilter("ignore", SecurityWarning)
        if parent is not None:
            die_with(parent)
        lock = take_lock()  # held until the process ends
        if not settings.REDIS_URL and (left := put_back(app.conf.broker_transport_options)):
            self.stderr.write(f"{left} tasks that a killed worker had taken are done again.")
        worker = app.Worker(
            pool="threads", concurrency=concurrency, loglevel="WARNING", quiet=True, hostname="portal@localhost"
        )
        beat = threading.Thread(target=run_beat, name="beat", daemon=True)
        signals.worker_ready.connect(lambda **_: beat.start(), weak=False)
        worker.start()
        lock.close()
        sys.exit(worker.exitcode or 0)


def take_lock() -> IO[str]:
    """Two beats would do everything twice: wait until the other worker has gone."""
    lock = (settings.VAR_DIR / "worker.lock").open("a")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def run_beat() -> None:
    """Where beat ends the whole process ends, and whoever watches it starts both again."""
    try:
        Service(app, scheduler_cls=DatabaseScheduler).start()
    finally:
        os._exit(70)


def die_with(parent: int) -> None:
    """End together with `parent`, even when it is killed by -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it ended before we could ask
        os._exit(1)


def watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
