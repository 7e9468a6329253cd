"""A portal that really listens: uvicorn in a thread, and clients that speak WebSocket."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import uvicorn
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from accounts.models import User
from sferum_portal import feed
from sferum_portal.management.commands.portal import server_config


class Listener:
    """One client of the feed."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def get(self, timeout: float = 5) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.connection.recv(timeout))
        return message

    def until(self, kind: str) -> list[dict[str, Any]]:
        """Everything up to and including the first message of `kind`."""
        heard = [self.get()]
        while heard[-1]["type"] != kind:
            heard.append(self.get())
        return heard

    def close_code(self) -> int | None:
        """The code by which the server closed, after reading what was in line."""
        with suppress(ConnectionClosed):
            while True:
                self.get()
        return self.connection.close_code


@pytest.fixture
def portal(transactional_db: None) -> Iterator[int]:
    """A running portal; its port."""
    feed.transport.cache_clear()
    server = uvicorn.Server(server_config("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(10)


def signed_in(user: User) -> SessionBase:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.session


def own_origin(port: int) -> Origin:
    return Origin(f"http://127.0.0.1:{port}")


Listen = Callable[..., Listener]


@pytest.fixture
def listen(portal: int) -> Iterator[Listen]:
    """listen(user, since=…) connects as the user and returns after the greeting was read."""
    with ExitStack() as stack:

        def listen(user: User | None = None, *, since: str = "", origin: str = "", session_key: str = "") -> Listener:
            key = session_key or (signed_in(user).session_key if user else "")
            connection = connect(
                f"ws://127.0.0.1:{portal}/ws/feed/?since={since}",
                origin=Origin(origin) if origin else own_origin(portal),
                additional_headers={"Cookie": f"sessionid={key}"} if key else {},
                compression=None,
                close_timeout=1,
            )
            return Listener(stack.enter_context(connection))

        yield listen


@pytest.fixture
def anna(transactional_db: None) -> User:
    return User.objects.create_user(login="anna")


@pytest.fixture
def boris(transactional_db: None) -> User:
    return User.objects.create_user(login="boris")
