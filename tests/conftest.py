"""What every test may rely on: compiled messages, a clean cache, quick passwords, files of its own."""

import importlib.util
import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from sferum_portal import feed
from sferum_portal.celery import app as celery_app
from sferum_portal.feed.events import Event
from sferum_portal.translation import compile_catalogues

# The flows need what `make ci` installs; `make test` needs nothing but requirements.txt.
collect_ignore = [] if importlib.util.find_spec("playwright") else ["browser"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--forbid-skips", action="store_true", help="a skipped test fails the run")


def pytest_configure(config: pytest.Config) -> None:
    compile_catalogues()
    settings.DEVELOPMENT = True  # the same on PostgreSQL, where it is off by default
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs PostgreSQL or Redis is left out of a run without them, not skipped: `make ci` runs it."""
    absent = set()
    if connection.vendor != "postgresql":
        absent.add("postgres")
    if not settings.REDIS_URL:
        absent.add("redis")
    unfit = [item for item in items if absent.intersection(mark.name for mark in item.iter_markers())]
    if unfit:
        config.hook.pytest_deselected(items=unfit)
        items[:] = [item for item in items if item not in unfit]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--forbid-skips") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("Skipped tests are failures here:", red=True)
        for report in reporter.stats["skipped"]:
            reporter.write_line(f"  {report.nodeid}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(settings.VAR_DIR, ignore_errors=True)


@pytest.fixture(autouse=True)
def clean_cache() -> Iterator[None]:
    """Nothing cached or counted by one test is seen by the next."""
    yield
    if settings.REDIS_URL:
        client = redis.Redis.from_url(settings.REDIS_URL)
        if keys := list(client.scan_iter(f"{settings.CACHES['default']['KEY_PREFIX']}:*", count=1000)):
            client.delete(*keys)
    else:
        cache.clear()


@pytest.fixture
def eager_tasks() -> Iterator[None]:
    """Tasks run inside `delay()`, and their errors are raised there."""
    before = celery_app.conf.task_always_eager, celery_app.conf.task_eager_propagates
    celery_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    celery_app.conf.update(task_always_eager=before[0], task_eager_propagates=before[1])


class Published(list[Event]):
    """The feed events of a test, in order; see `django_capture_on_commit_callbacks(execute=True)`."""

    def send(self, events: Any) -> None:
        self.extend(events)

    def messages(self, kind: str = "") -> list[tuple[tuple[str, ...], dict[str, Any]]]:
        """(topics, payload) of each message, or only of those of one type."""
        found = [(event.topics, json.loads(event.body)) for event in self if event.operation == "message"]
        return [item for item in found if not kind or item[1]["type"] == kind]


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Published:
    """Catches what services publish to the feed."""
    caught = Published()
    monkeypatch.setattr(feed, "transport", lambda: caught)
    return caught
