"""Beat that keeps its memory in the database: it catches up on what fell due while it was away, on every machine.

`celery.beat`'s own scheduler keeps a file, which a kill -9 can leave unreadable and a new container does not have.
"""

import datetime as dt
import logging
import time
from typing import Any

from celery.beat import Scheduler
from celery.schedules import schedule
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from .heartbeat import mark

log = logging.getLogger(__name__)

MARK_EVERY = 15


class DatabaseScheduler(Scheduler):
    """The schedule of settings, with the last run of each entry in `LastRun`."""

    max_interval = MARK_EVERY
    _marked = float("-inf")

    def setup_schedule(self) -> None:
        """Sweeps that have never run, unlike nightly work, are due at once."""
        super().setup_schedule()
        last_runs = self._last_runs()
        for name, entry in self.schedule.items():
            if at := last_runs.get(name):
                entry.last_run_at = at
            elif isinstance(entry.schedule, schedule):
                every: Any = entry.schedule
                entry.last_run_at -= every.run_every

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if time.monotonic() - self._marked >= MARK_EVERY:
            self._remember("beat")
            self._marked = time.monotonic()
        delay: float = super().tick(*args, **kwargs)
        return delay

    def reserve(self, entry: Any) -> Any:
        self._remember(f"schedule:{entry.name}")
        return super().reserve(entry)

    def _last_runs(self) -> dict[str, dt.datetime]:
        from .models import LastRun

        prefix = "schedule:"
        try:
            rows = LastRun.objects.filter(name__startswith=prefix).values_list("name", "at")
            return {name.removeprefix(prefix): timezone.localtime(at) for name, at in rows}
        except DatabaseError:
            log.exception("Beat could not read when its entries ran last; it starts afresh.")
            return {}
        finally:
            close_old_connections()

    def _remember(self, name: str) -> None:
        """A database that is away does not stop the schedule: the sweeps will fail by themselves and be tried again."""
        try:
            mark(name)
        except DatabaseError:
            log.exception("Beat could not write down that %s ran.", name)
        finally:
            close_old_connections()
