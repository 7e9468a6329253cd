"""The portal killed by -9 among a thousand messages; and beat at work without a hand.

On PostgreSQL and Redis where the suite runs on them, else on the embedded ones.
"""

import http.client
import itertools
import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.listener import Listener, own_origin

from .portal import PortalProcess, wait_until

pytestmark = pytest.mark.long
MESSAGES = 1000
SENDERS = 4

CHAT = """
import json
from django.test import Client
from rest_framework.authtoken.models import Token
from chats.kinds import Kind
from chats.services import create_chat
from tests import factories as f
school_class = f.make_class(f.make_school())
homeroom = f.user_of(f.make_homeroom(school_class))
parent = f.user_of(f.make_parent(f.make_pupil(school_class)))
chat = create_chat(by=homeroom, kind=Kind.PARENTS, scope=school_class)
client = Client()
client.force_login(parent, backend="allauth.account.auth_backends.AuthenticationBackend")
print(json.dumps([chat.pk, Token.objects.create(user=homeroom).key, client.session.session_key]))
"""
UNCLAIMED = """
import datetime as dt
from django.utils import timezone
from invites.models import Invite
from invites.services.issuing import create_invite
from tests import factories as f
school = f.make_school(unclaimed_days=3)
invite = create_invite(by=f.administrator_of(school), school=school, role="teacher")
Invite.objects.update(created_at=timezone.now() - dt.timedelta(days=4))
print(invite.pk)
"""
OUTCOME = """
import json
from invites.models import Invite
from school.models import Event, EventKind
invite = Invite.objects.get()
lines = Event.objects.filter(kind=EventKind.INVITE_ANNULLED, subject_id=invite.pk).values_list("actor", "school")
print(json.dumps([invite.state, invite.school_id, list(lines)]))
"""


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """The services of the suite, with a database of this test's own."""
    limits = {"API_LIMIT_USER": "1000000"}
    if "DATABASE_URL" not in os.environ:
        yield limits
        return
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = f"{settings.DATABASES['default']['NAME']}_{os.getpid()}"[-60:]
    _run_sql(urlunsplit(parts._replace(path="/postgres")), f'CREATE DATABASE "{name}"')
    services = {"DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}"))}
    if redis_url := os.environ.get("REDIS_URL"):
        services |= {"REDIS_URL": redis_url, "FEED_CHANNEL": f"feed-{name}"}
    yield {**limits, **services}
    _run_sql(urlunsplit(parts._replace(path="/postgres")), f'DROP DATABASE "{name}" WITH (FORCE)')


def _run_sql(url: str, statement: str) -> None:
    import psycopg2

    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


@pytest.fixture
def portal(tmp_path: Path, environment: dict[str, str]) -> Iterator[PortalProcess]:
    process = PortalProcess(tmp_path, **environment)
    try:
        yield process.start()
    finally:
        process.stop(signal.SIGKILL)


@pytest.fixture
def sockets() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@dataclass
class Sender:
    """Sends its messages one after another, and remembers what was acknowledged."""

    portal: PortalProcess
    chat: int
    token: str
    keys: list[str]
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self) -> None:
        """Until everything is said, or the portal is gone."""
        with suppress(OSError, http.client.HTTPException), closing(self._connection()) as connection:
            for key in self.keys:
                if key not in self.acknowledged:
                    self.acknowledged[key] = self.send(connection, key)

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.portal.port, timeout=60)

    def send(self, connection: http.client.HTTPConnection, key: str) -> dict[str, Any]:
        body = json.dumps({"text": f"Сообщение {key}", "client_key": key})
        headers = {"Authorization": f"Token {self.token}", "Content-Type": "application/json"}
        connection.request("POST", f"/api/v1/chats/{self.chat}/messages/", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status in (200, 201), content
        message: dict[str, Any] = json.loads(content)
        return message

    def page(self, after: int) -> list[dict[str, Any]]:
        with closing(self._connection()) as connection:
            url = f"/api/v1/chats/{self.chat}/messages/?after={after}&limit=100"
            connection.request("GET", url, headers={"Authorization": f"Token {self.token}"})
            answer = connection.getresponse()
            found: list[dict[str, Any]] = json.loads(answer.read())
            return found


class Reader(threading.Thread):
    """A parent with the chat open: hears what is pushed until the portal is gone."""

    def __init__(self, connection: ClientConnection) -> None:
        super().__init__(daemon=True)
        self.connection = connection
        Listener(connection).until("hello")
        self.heard: set[int] = set()
        self.start()

    def run(self) -> None:
        with suppress(ConnectionClosed):
            for text in self.connection:
                event = json.loads(text)
                if event["type"] == "message":
                    self.heard.add(event["seq"])


def until_gap(heard: set[int]) -> int:
    """The last message before the first that was not heard: what comes after it is asked for."""
    return next(seq for seq in itertools.count() if seq + 1 not in heard)


def everything(sender: Sender, after: int) -> list[dict[str, Any]]:
    """The messages after that one, page after page."""
    pages = (sender.page(start) for start in itertools.count(after, 100))
    return list(itertools.chain.from_iterable(itertools.takewhile(bool, pages)))


def feed_of(portal: PortalProcess, session: str) -> Any:
    cookie = {"Cookie": f"sessionid={session}"}
    return connect(f"ws://127.0.0.1:{portal.port}/ws/feed/", origin=own_origin(portal.port), additional_headers=cookie)


def run_all(senders: list[Sender]) -> list[threading.Thread]:
    threads = [threading.Thread(target=sender.run, daemon=True) for sender in senders]
    for thread in threads:
        thread.start()
    return threads


def test_every_acknowledged_message_is_there_once_after_kill_9(portal: PortalProcess, sockets: ExitStack) -> None:
    chat, token, session = json.loads(portal.manage("shell", "-v", "0", "-c", CHAT))
    keys = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(MESSAGES)]
    senders = [Sender(portal, chat, token, keys[start::SENDERS]) for start in range(SENDERS)]
    reader = Reader(sockets.enter_context(feed_of(portal, session)))

    threads = run_all(senders)
    wait_until(lambda: sum(len(sender.acknowledged) for sender in senders) > MESSAGES * 0.4)
    portal.stop(signal.SIGKILL)
    for thread in [*threads, reader]:
        thread.join(60)
    before = {key: answer for sender in senders for key, answer in sender.acknowledged.items()}
    assert MESSAGES * 0.4 < len(before) < MESSAGES
    assert reader.heard

    portal.start()
    second = Reader(sockets.enter_context(feed_of(portal, session)))
    for thread in run_all(senders):
        thread.join(120)
    assert sum(len(sender.acknowledged) for sender in senders) == MESSAGES

    messages = everything(senders[0], 0)
    assert [message["seq"] for message in messages] == list(range(1, MESSAGES + 1))
    assert sorted(message["text"] for message in messages) == [f"Сообщение {key}" for key in keys]
    found = {message["id"]: message["seq"] for message in messages}
    assert all(found[answer["id"]] == answer["seq"] for answer in before.values())

    wait_until(lambda: MESSAGES in second.heard)
    missed = {message["seq"] for message in everything(senders[0], until_gap(reader.heard))}
    assert reader.heard | missed == set(found.values())


def test_an_unclaimed_invite_is_annulled_by_the_schedule_without_a_hand(portal: PortalProcess) -> None:
    portal.manage("shell", "-v", "0", "-c", UNCLAIMED)

    def annulled() -> list[Any] | None:
        state, school, lines = json.loads(portal.manage("shell", "-v", "0", "-c", OUTCOME))
        return [school, lines] if state == "annulled" else None

    school, lines = wait_until(annulled, 180)
    assert lines == [[None, school]]
