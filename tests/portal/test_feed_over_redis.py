"""What only the transport over Redis does: several processes, lost connections, numbers given by Redis."""

import os
import subprocess
import sys
import threading
import time
from typing import Any
from urllib.parse import quote

import pytest
import redis
from django.conf import settings
from django.db import connection
from websockets.sync.client import connect

from accounts.models import User
from sferum_portal import feed
from sferum_portal.feed.events import message
from sferum_portal.feed.runtime import runtime
from sferum_portal.feed.shared import RedisTransport
from tests.listener import Listener, own_origin
from tests.processes.portal import answers, free_port, wait_until

from .conftest import Listen, signed_in

pytestmark = pytest.mark.redis


def say(topic: str, text: object) -> None:
    feed.publish(topic, {"type": "message", "text": text})


@pytest.fixture
def server() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, decode_responses=True)


def subscribers(server: redis.Redis) -> list[dict[str, Any]]:
    clients: Any = server.client_list()
    return [client for client in clients if client["name"] == settings.FEED_CHANNEL and client["sub"] == "1"]


def cut_off(server: redis.Redis) -> None:
    """Close the portal's subscription from the side of Redis."""
    for client in subscribers(server):
        server.client_kill_filter(_id=client["id"])


def test_after_a_lost_connection_clients_resync_and_hear_again(listen: Listen, anna: User, server: redis.Redis) -> None:
    client = listen(anna)
    client.until("hello")
    cut_off(server)
    assert client.until("resync")
    say(f"user:{anna.pk}", "again")
    assert client.get()["text"] == "again"


def test_a_client_goes_on_from_its_cursor_after_redis_came_back(
    listen: Listen, anna: User, server: redis.Redis
) -> None:
    client = listen(anna)
    client.until("hello")
    say(f"user:{anna.pk}", 1)
    cursor = client.get()["c"]
    cut_off(server)
    client.until("resync")
    assert listen(anna, since=cursor).until("hello")[-1]["cursor"].split(":")[0] == cursor.split(":")[0]


def test_a_redis_that_lost_its_memory_starts_a_new_count(listen: Listen, anna: User, server: redis.Redis) -> None:
    client = listen(anna)
    client.until("hello")
    say(f"user:{anna.pk}", 1)
    before = client.get()["c"]
    server.delete(f"{settings.FEED_CHANNEL}:number", f"{settings.FEED_CHANNEL}:epoch")
    say(f"user:{anna.pk}", 2)
    assert client.until("resync")[-1]["c"].split(":")[0] != before.split(":")[0]
    assert listen(anna, since=before).until("resync")


def test_a_gap_in_the_numbers_is_noticed(listen: Listen, anna: User, server: redis.Redis) -> None:
    client = listen(anna)
    client.until("hello")
    server.incr(f"{settings.FEED_CHANNEL}:number")  # somebody's message that did not arrive
    say(f"user:{anna.pk}", "next")
    assert [message["type"] for message in client.until("resync")] == ["resync"]


def test_who_could_not_publish_tells_everybody_to_resync(listen: Listen, anna: User, monkeypatch: Any) -> None:
    client = listen(anna)
    client.until("hello")
    sender = RedisTransport("redis://127.0.0.1:1/0", settings.FEED_CHANNEL)
    sender.send([message(f"user:{anna.pk}", {"type": "message", "text": "lost"})])
    sender._url, sender._script = settings.REDIS_URL, None
    sender.send([message(f"user:{anna.pk}", {"type": "message", "text": "arrives"})])
    assert [message["type"] for message in client.until("resync")] == ["resync"]


def test_threads_publish_in_one_order_for_all(listen: Listen, anna: User, boris: User) -> None:
    hers, his = listen(anna), listen(boris)
    hers.until("hello"), his.until("hello")
    feed.grant_topics([anna.pk, boris.pk], "chat:1")

    def talk(name: int) -> None:
        for number in range(50):
            say("chat:1", [name, number])

    threads = [threading.Thread(target=talk, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    heard = [[client.get() for _ in range(200)] for client in (hers, his)]
    assert heard[0] == heard[1]
    numbers = [int(message["c"].split(":")[1]) for message in heard[0]]
    assert numbers == list(range(numbers[0], numbers[0] + 200))


def test_health_says_that_the_feed_has_lost_redis(listen: Listen, anna: User, server: redis.Redis) -> None:
    listen(anna).until("hello")
    transport = feed.transport()
    assert runtime.running
    assert transport.connected
    cut_off(server)
    wait_until(lambda: not transport.connected, 5)
    wait_until(lambda: transport.connected, 5)


@pytest.mark.postgres
def test_a_second_process_hears_the_same_and_takes_over(listen: Listen, anna: User) -> None:
    """Two web processes on one database and one Redis; a client goes on from its cursor at the other one."""
    first = listen(anna)
    first.until("hello")
    port = free_port()
    database = connection.settings_dict
    url = f"postgres://{database['USER']}:{quote(database['PASSWORD'] or '')}@{database['HOST']}:{database['PORT'] or 5432}"
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("PYTEST")},
        "DATABASE_URL": f"{url}/{database['NAME']}",
        "FEED_CHANNEL": settings.FEED_CHANNEL,
        "SECRET_KEY": settings.SECRET_KEY,
        "VAR_DIR": str(settings.VAR_DIR),
    }
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "sferum_portal.asgi:application",
        "--port",
        str(port),
        "--log-level",
        "error",
    ]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)
    try:
        transport = redis.Redis.from_url(settings.REDIS_URL, decode_responses=True)
        wait_until(lambda: len(subscribers(transport)) == 2 and answers(port))
        cookie = {"Cookie": f"sessionid={signed_in(anna).session_key}"}
        address = f"ws://127.0.0.1:{port}/ws/feed/"
        with connect(address, origin=own_origin(port), additional_headers=cookie) as socket:
            second = Listener(socket)
            second.until("hello")
            say(f"user:{anna.pk}", "to both")
            heard = first.get()
            assert heard == second.get()
        say(f"user:{anna.pk}", "while away")
        time.sleep(0.2)
        again = f"{address}?since={heard['c']}"
        with connect(again, origin=own_origin(port), additional_headers=cookie) as socket:
            assert [m["type"] for m in Listener(socket).until("message")] == ["hello", "message"]
    finally:
        process.terminate()
        process.wait(20)
