"""The local socket between a worker and the web process, where there is no Redis."""

import asyncio
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from sferum_portal.feed import embedded
from sferum_portal.feed.embedded import EmbeddedTransport
from sferum_portal.feed.events import Event, message
from sferum_portal.feed.hub import Hub


class Recorder(Hub):
    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []

    def deliver(self, event: Event) -> None:
        self.events.append(event)


def with_web(path: Path, act: Callable[[EmbeddedTransport, Recorder], Awaitable[Any]]) -> list[Event]:
    """Run `act` while a web process listens; what arrived in its hub."""
    hub = Recorder()

    async def main() -> None:
        web = EmbeddedTransport(path)
        started = asyncio.Event()
        running = asyncio.create_task(web.run(hub, started))
        await asyncio.wait({running, asyncio.create_task(started.wait())}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        await act(web, hub)
        for _ in range(100):
            await asyncio.sleep(0)
        running.cancel()

    asyncio.run(main())
    return hub.events


def numbered(number: int) -> Event:
    return message("chat:1", {"type": "message", "number": number})


def test_events_of_a_worker_arrive_in_order(tmp_path: Path) -> None:
    worker = EmbeddedTransport(tmp_path / "feed.sock")

    async def act(web: EmbeddedTransport, hub: Hub) -> None:
        assert stat.S_IMODE((tmp_path / "feed.sock").stat().st_mode) == 0o600
        for start in range(0, 2000, 100):
            await asyncio.to_thread(worker.send, [numbered(n) for n in range(start, start + 100)])

    assert with_web(tmp_path / "feed.sock", act) == [numbered(n) for n in range(2000)]
    assert not (tmp_path / "feed.sock").exists()


def test_what_a_worker_sent_first_stays_first(tmp_path: Path) -> None:
    """A removal by the worker must not be overtaken by the next message of a web thread."""
    worker = EmbeddedTransport(tmp_path / "feed.sock")
    removal = Event("revoke", topics=("chat:1",), users=(1,))

    async def act(web: EmbeddedTransport, hub: Hub) -> None:
        worker.send([removal])  # lies in the socket: the loop is busy with us
        web.send([numbered(1)])

    assert with_web(tmp_path / "feed.sock", act) == [removal, numbered(1)]


def test_a_message_too_large_for_the_socket_becomes_a_resync(tmp_path: Path) -> None:
    worker = EmbeddedTransport(tmp_path / "feed.sock")
    large = message("chat:1", {"type": "message", "text": "я" * 400_000})

    async def act(web: EmbeddedTransport, hub: Hub) -> None:
        worker.send([large, numbered(1)])

    assert with_web(tmp_path / "feed.sock", act) == [message("chat:1", {"type": "resync"}), numbered(1)]


def test_a_web_process_that_does_not_read_costs_a_resync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "SEND_TIMEOUT", 0.1)
    path = tmp_path / "feed.sock"
    worker = EmbeddedTransport(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(path))
        while not worker._lost:
            worker.send([numbered(0)])

    async def act(web: EmbeddedTransport, hub: Hub) -> None:
        worker.send([numbered(1)])
        worker.send([numbered(2)])

    assert with_web(path, act) == [Event("resync"), numbered(1), numbered(2)]


def test_a_command_without_a_web_process_loses_nothing_that_counts(tmp_path: Path) -> None:
    worker = EmbeddedTransport(tmp_path / "feed.sock")
    worker.send([numbered(1)])
    assert not worker._lost


def test_a_second_web_process_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "feed.sock"

    async def act(web: EmbeddedTransport, hub: Hub) -> None:
        with pytest.raises(RuntimeError, match="Another web process"):
            await EmbeddedTransport(path).run(hub, asyncio.Event())

    with_web(path, act)


def test_a_folder_with_a_long_name_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 60) / ("b" * 60)
    folder.mkdir(parents=True)
    worker = EmbeddedTransport(folder / "feed.sock")

    async def act(web: EmbeddedTransport, hub: Hub) -> None:
        worker.send([numbered(1)])

    assert with_web(folder / "feed.sock", act) == [numbered(1)]


def test_nonsense_in_the_socket_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "feed.sock"

    async def act(web: EmbeddedTransport, hub: Hub) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.sendto(b"\xff nonsense", str(path))
        EmbeddedTransport(path).send([numbered(1)])

    assert with_web(path, act) == [numbered(1)]
