"""Sending: class chats in which somebody speaks without a pause and everybody has his page open."""

import asyncio
import json
import resource
import secrets
import statistics
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import uvloop

from .harness import Measured, Size, benchmark, require_each_once
from .keep_alive import Connection
from .listeners import Listeners
from .processes import PORTAL, Server, running

if TYPE_CHECKING:
    from .class_chats import ClassChat

TEXT = "Уважаемые родители, завтра собрание в 18:00 в кабинете 24. " * 2
OPEN_FILES = 4096  # everybody's page at both servers at once
DOUBLES_WOULD_COME = 0.2  # seconds

Headers = dict[str, str]


@benchmark("sending")
def sending_in_class_chats(size: Size) -> Iterator[Measured]:
    """Sending: 20 class chats of 30 open pages, a sender in each, the next message when one is accepted; none lost or doubled"""
    from .class_chats import make_class_chats

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(OPEN_FILES, hard)), hard))
    chats = make_class_chats(size.of(20, 3), size.of(30, 10))
    headers = [list(headers_of(chat)) for chat in chats]
    with running(*PORTAL) as portal, running("-m", "benchmarks.floor_chats") as floor:
        yield from uvloop.run(all_rounds({"portal": portal, "floor": floor}, chats, headers, size))


def headers_of(chat: "ClassChat") -> Iterator[Headers]:
    """What each member says of himself: to the portal by his session, to the floor by name."""
    from .class_chats import signed_in

    for user in chat.members:
        token = secrets.token_hex(16)
        cookie = f"{signed_in(user)['Cookie']}; csrftoken={token}"
        yield {"Cookie": cookie, "X-CSRFToken": token, "X-User": str(user.pk), "X-Chat": str(chat.chat.pk)}


async def all_rounds(
    servers: dict[str, Server], chats: list["ClassChat"], headers: list[list[Headers]], size: Size
) -> list[Measured]:
    """The pages stay open over all rounds; the servers take turns."""
    rooms = {
        who: [Room(server, chat.chat.pk, each) for chat, each in zip(chats, headers, strict=True)]
        for who, server in servers.items()
    }
    for everybody in rooms.values():
        await asyncio.gather(*(room.open() for room in everybody))
    found = []
    for _ in range(size.rounds):
        for who, server in servers.items():
            found += await one_round(who, server, rooms[who], seconds=size.of(6, 1))
    for everybody in rooms.values():
        for room in everybody:
            room.listeners.close()
    return found


class Room:
    """A chat at one server: the pages of all its members, the first of whom speaks."""

    def __init__(self, server: Server, chat: int, headers: list[Headers]) -> None:
        self._port = server.port
        self._path = f"/api/v1/chats/{chat}/messages/"
        self._headers = [{**each, "Origin": f"http://127.0.0.1:{server.port}"} for each in headers]
        self.listeners = Listeners()

    async def open(self) -> None:
        await self.listeners.connect(f"ws://127.0.0.1:{self._port}/ws/feed/", self._headers)
        await self.listeners.wait_for(1)

    async def speak(self, until: float) -> None:
        """Send and await the answer, again and again; notes the numbers and the seconds that each took."""
        self.listeners.forget()
        self.accepted: list[int] = []
        self.taken: list[float] = []
        connection = await Connection.open(self._port)
        headers = {**self._headers[0], "Content-Type": "application/json"}
        while (started := time.perf_counter()) < until:
            said = {"text": TEXT, "client_key": secrets.token_hex(16)}
            status, answer = await connection.ask("POST", self._path, headers, json.dumps(said).encode())
            self.ended = time.perf_counter()
            assert status == 201, answer.decode()
            self.taken.append(self.ended - started)
            self.accepted.append(json.loads(answer)["seq"])
        connection.close()

    async def hear_out(self) -> float:
        """Until everybody has had everything; when the last one had it."""
        await self.listeners.wait_for(len(self.accepted))
        return max(client.received[-1][0] for client in self.listeners.clients)

    def check(self) -> None:
        """Everybody has had every message once, in order."""
        for client in self.listeners.clients:
            require_each_once(self.accepted, [json.loads(text)["seq"] for _, text in client.received])


async def one_round(who: str, server: Server, rooms: list[Room], seconds: float) -> list[Measured]:
    server_before, own_before, started = server.cpu(), time.process_time(), time.perf_counter()
    await asyncio.gather(*(room.speak(started + seconds) for room in rooms))
    last_delivery = max([await room.hear_out() for room in rooms])
    server_cpu, own_cpu = server.cpu() - server_before, time.process_time() - own_before
    elapsed = time.perf_counter() - started
    await asyncio.sleep(DOUBLES_WOULD_COME)
    for room in rooms:
        room.check()
    taken = [each * 1000 for room in rooms for each in room.taken]
    percentiles = statistics.quantiles(taken, n=100)
    accepting = max(room.ended for room in rooms) - started
    deliveries = sum(len(room.accepted) * len(room.listeners.clients) for room in rooms)
    return [
        Measured("accepted", "messages/s", who, len(taken) / accepting, more_is_better=True),
        Measured("delivered", "deliveries/s", who, deliveries / (last_delivery - started), more_is_better=True),
        Measured("POST, p50", "ms", who, percentiles[49]),
        Measured("POST, p95", "ms", who, percentiles[94]),
        Measured("server's CPU", "ms/message", who, server_cpu / len(taken) * 1000),
        Measured("the load client's CPU", "% of a core", who, own_cpu / elapsed * 100, more_is_better=None),
    ]
