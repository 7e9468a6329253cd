"""/health/ tells what works and what does not."""

import datetime as dt
import json
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from sferum_portal import health
from sferum_portal.beat import DatabaseScheduler
from sferum_portal.celery import app
from sferum_portal.models import LastRun
from sferum_portal.tasks import heartbeat

pytestmark = pytest.mark.django_db


def answer(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/health/")
    return response.status_code, json.loads(response.content)


def alive(name: str, seconds_ago: int = 0) -> None:
    LastRun.objects.update_or_create(name=name, defaults={"at": timezone.now() - dt.timedelta(seconds=seconds_ago)})


def test_everything_works(client: Client, eager_tasks: None) -> None:
    alive("beat", 5)
    heartbeat.delay()
    status, body = answer(client)
    assert status == 200
    assert body["status"] == "ok"
    assert {name: check["status"] for name, check in body["checks"].items()} == {
        "database": "ok",
        "broker": "ok",
        "worker": "ok",
        "beat": "ok",
        "feed": "off",
    }


def test_a_worker_that_has_never_been_heard(client: Client) -> None:
    alive("beat")
    status, body = answer(client)
    assert status == 503
    assert body["checks"]["worker"]["status"] == "silent"


def test_where_beat_is_silent_nothing_is_known_about_the_worker(client: Client) -> None:
    alive("beat", 600)
    alive("worker", 600)
    status, body = answer(client)
    assert status == 503
    assert body["checks"]["beat"]["status"] == "silent"
    assert body["checks"]["beat"]["seconds_ago"] >= 600
    assert body["checks"]["worker"]["status"] == "unknown"


def test_what_fails_is_named_without_its_reason(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> dict[str, Any]:
        raise DatabaseError("password=secret host=db.internal")

    monkeypatch.setitem(health.CHECKS, "database", broken)
    response = client.get("/health/")
    assert response.status_code == 503
    assert json.loads(response.content)["checks"]["database"]["status"] == "failed"
    assert b"secret" not in response.content


def test_a_broker_that_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    assert answer(client)[1]["checks"]["broker"]["status"] == "failed"


@pytest.mark.django_db(transaction=True)
def test_beat_goes_on_from_the_last_run_after_a_restart() -> None:
    long_ago = timezone.now() - dt.timedelta(days=1)
    LastRun.objects.create(name="schedule:heartbeat", at=long_ago)
    scheduler = DatabaseScheduler(app=app)
    entry = scheduler.schedule["heartbeat"]
    assert entry.is_due()[0]
    scheduler.reserve(entry)
    assert LastRun.objects.get(name="schedule:heartbeat").at > long_ago
    assert not scheduler.schedule["heartbeat"].is_due()[0]


def test_every_entry_of_the_schedule_names_a_task() -> None:
    app.loader.import_default_modules()
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in app.tasks, name
