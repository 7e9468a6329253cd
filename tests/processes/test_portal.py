"""`manage.py portal` under kill -9, SIGTERM, and with a worker that has something to say."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.listener import Listener, own_origin

from .portal import PortalProcess, lives, wait_until

SESSION = """
from django.test import Client
from accounts.models import User
client = Client()
client.force_login(User.objects.create_user(login="anna"), backend="allauth.account.auth_backends.AuthenticationBackend")
print(client.session.session_key)
"""
TELL = 'from sferum_portal import feed; feed.publish("user:1", {"type": "message", "text": "from another process"})'


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[PortalProcess]:
    process = PortalProcess(tmp_path)
    try:
        yield process.start()
    finally:
        process.stop(signal.SIGKILL)


def test_worker_and_sockets_from_start_to_end(portal: PortalProcess) -> None:
    session = portal.manage("shell", "-v", "0", "-c", SESSION)
    address = f"ws://127.0.0.1:{portal.port}/ws/feed/"
    cookie = {"Cookie": f"sessionid={session}"}
    with connect(address, origin=own_origin(portal.port), additional_headers=cookie) as connection:
        client = Listener(connection)
        client.until("hello")

        portal.manage("shell", "-v", "0", "-c", TELL)
        assert client.get()["text"] == "from another process"

        first = portal.worker
        assert first
        os.kill(first, signal.SIGKILL)
        second = wait_until(lambda: portal.worker)
        assert second != first
        wait_until(portal.healthy)

        portal.process.send_signal(signal.SIGTERM)
        assert client.close_code() == 1012
    assert portal.stop() == 0
    assert not lives(second)
    assert not (portal.var / "feed.sock").exists()


def test_kill_9_leaves_nothing_behind_and_the_next_start_works(portal: PortalProcess) -> None:
    worker = portal.worker
    assert worker
    portal.stop(signal.SIGKILL)
    wait_until(lambda: not lives(worker), seconds=5)
    assert (portal.var / "feed.sock").exists()  # nobody was left to remove it
    portal.start()
    assert portal.worker
    assert portal.stop(signal.SIGINT) == 0
