"""The live feed: one class chat with 30 open pages."""

import asyncio
import json
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator

from .harness import Measured, Size, benchmark
from .listeners import Listeners
from .processes import PORTAL, Server, running

SOCKETS = 30
TEXT = "Уважаемые родители, завтра собрание в 18:00 в кабинете 24. " * 2
PACE = 40  # messages a second, far below what either can do

Publish = Callable[[dict[str, object]], object]


@benchmark("feed")
def feed_fan_out(size: Size) -> Iterator[Measured]:
    """Feed: one message to 30 sockets, one process, over Redis"""
    headers = list(cookies())
    with running(*PORTAL) as portal, running("-m", "benchmarks.floor_feed") as floor:
        for _ in range(size.rounds):
            yield from asyncio.run(one_round("portal", portal, headers, publish_by_portal, size))
            yield from asyncio.run(one_round("floor", floor, headers, publish_bare(), size))


def cookies() -> Iterator[dict[str, str]]:
    """Thirty people who have signed in."""
    from accounts.models import User

    from .class_chats import signed_in

    for number in range(SOCKETS):
        yield signed_in(User.objects.create_user(login=f"bench{number}"))


def publish_by_portal(payload: dict[str, object]) -> None:
    from sferum_portal import feed

    feed.publish("chat:1", payload)


def publish_bare() -> Publish:
    import redis

    client, channel = redis.Redis.from_url(os.environ["REDIS_URL"]), f"{os.environ['FEED_CHANNEL']}-floor"
    return lambda payload: client.publish(channel, json.dumps(payload, ensure_ascii=False))


async def one_round(
    who: str, server: Server, headers: list[dict[str, str]], publish: Publish, size: Size
) -> list[Measured]:
    from accounts.models import User
    from sferum_portal import feed

    listeners = Listeners()
    origin = {"Origin": f"http://127.0.0.1:{server.port}"}
    await listeners.connect(f"ws://127.0.0.1:{server.port}/ws/feed/", [{**each, **origin} for each in headers])
    await listeners.wait_for(1)
    if who == "portal":
        users = await asyncio.to_thread(lambda: list(User.objects.values_list("pk", flat=True)))
        await asyncio.to_thread(feed.grant_topics, users, "chat:1")
    found = await burst(who, server, listeners, publish, size.of(1000, 50))
    found += await paced(who, listeners, publish, size.of(PACE * 4, 20))
    listeners.close()
    return found


async def burst(who: str, server: Server, listeners: Listeners, publish: Publish, count: int) -> list[Measured]:
    """As fast as one sender can; what the server manages, and what a delivery costs it."""
    listeners.forget()
    cpu, started = server.cpu(), time.perf_counter()
    sending = send_in_background(publish, count, pause=0)
    await listeners.wait_for(count)
    seconds = max(client.received[-1][0] for client in listeners.clients) - started
    sending.join()
    deliveries = count * len(listeners.clients)
    return [
        Measured("burst", "deliveries/s", who, deliveries / seconds, more_is_better=True),
        Measured("burst, server's CPU", "µs/delivery", who, (server.cpu() - cpu) / deliveries * 1e6),
    ]


async def paced(who: str, listeners: Listeners, publish: Publish, count: int) -> list[Measured]:
    """The time from the sender's call to each page."""
    listeners.forget()
    sending = send_in_background(publish, count, pause=1 / PACE)
    await listeners.wait_for(count)
    sending.join()
    taken = [(at - json.loads(text)["sent"]) * 1000 for client in listeners.clients for at, text in client.messages()]
    percentiles = statistics.quantiles(taken, n=100)
    return [
        Measured(f"{PACE} messages/s, p50", "ms", who, percentiles[49]),
        Measured(f"{PACE} messages/s, p95", "ms", who, percentiles[94]),
    ]


def send_in_background(publish: Publish, count: int, pause: float) -> threading.Thread:
    def send() -> None:
        for _ in range(count):
            publish({"type": "message", "text": TEXT, "sent": time.perf_counter()})
            if pause:
                time.sleep(pause)

    thread = threading.Thread(target=send)
    thread.start()
    return thread
