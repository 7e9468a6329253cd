"""A portal that really listens: uvicorn in a thread, and clients that speak WebSocket."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import uvicorn
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from websockets.sync.client import connect
from websockets.typing import Origin

from accounts.models import User
from sferum_portal import feed
from sferum_portal.management.commands.portal import server_config
from tests.listener import Listener, own_origin


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
