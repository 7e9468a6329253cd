"""`/health/`: what works and what does not, for monitoring and for the operator. Says nothing that should be secret."""

import datetime as dt
import logging
import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Queue

from . import feed
from .celery import app
from .feed.runtime import runtime
from .heartbeat import silence

log = logging.getLogger(__name__)

LATE = dt.timedelta(seconds=75)  # beat marks every 15 s and sends the worker's task every 20 s
BROKER_TIMEOUT = 3

Answer = dict[str, Any]


def check_database() -> Answer:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"status": "ok", "kind": connection.vendor}


def check_broker() -> Answer:
    with app.connection_for_write(connect_timeout=BROKER_TIMEOUT) as broker:
        broker.ensure_connection(max_retries=0, timeout=BROKER_TIMEOUT)
        Queue(app.conf.task_default_queue)(broker.default_channel).queue_declare()
    return {"status": "ok"}


def check_process(name: str) -> Answer:
    quiet = silence(name)
    if quiet is None:
        return {"status": "silent"}
    return {"status": "ok" if quiet < LATE else "silent", "seconds_ago": round(quiet.total_seconds())}


def check_worker() -> Answer:
    """Of the worker we hear only by beat's order: where beat is silent, nothing is known about it."""
    answer = check_process("worker")
    if answer["status"] != "ok" and check_process("beat")["status"] != "ok":
        answer["status"] = "unknown"
    return answer


def check_feed() -> Answer:
    """`off` in a process that serves no WebSocket."""
    if not runtime.wanted:
        return {"status": "off"}
    return {"status": "ok" if runtime.running and feed.transport().connected else "failed", "sockets": len(runtime.hub)}


CHECKS: dict[str, Callable[[], Answer]] = {
    "database": check_database,
    "broker": check_broker,
    "worker": check_worker,
    "beat": lambda: check_process("beat"),
    "feed": check_feed,
}


def examine() -> dict[str, Answer]:
    """All checks; one that raises is `failed`, with the reason in the log only."""
    return {name: _guarded(name, check) for name, check in CHECKS.items()}


def _guarded(name: str, check: Callable[[], Answer]) -> Answer:
    started = time.perf_counter()
    try:
        answer = check()
    except Exception:
        log.exception("The check of %s failed.", name)
        answer = {"status": "failed"}
    return {**answer, "ms": round((time.perf_counter() - started) * 1000, 1)}


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when everything works, else 503; the body is the same."""
    answers = examine()
    well = all(answer["status"] in ("ok", "off") for answer in answers.values())
    response = JsonResponse({"status": "ok" if well else "failing", "checks": answers}, status=200 if well else 503)
    response._has_been_logged = True  # type: ignore[attr-defined]  # monitoring asks often; the checks log their reasons
    return response
