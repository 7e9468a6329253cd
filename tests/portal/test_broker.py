"""Files as a broker: nothing half-written is read, nothing taken is lost."""

import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from sferum_portal.broker import Channel, put_back

Options = dict[str, Any]


@pytest.fixture
def options(tmp_path: Path) -> Options:
    folders = {name: tmp_path / name for name in ("queue", "taken", "control")}
    for folder in folders.values():
        folder.mkdir()
    return {
        "data_folder_in": str(folders["queue"]),
        "data_folder_out": str(folders["queue"]),
        "processed_folder": str(folders["taken"]),
        "control_folder": str(folders["control"]),
        "polling_interval": 0.01,
    }


@pytest.fixture
def connect(options: Options) -> Iterator[Any]:
    opened = []

    def open_() -> Connection:
        opened.append(Connection("files://", transport_options=options))
        return opened[-1]

    yield open_
    for connection in opened:
        connection.release()


@pytest.fixture
def work() -> str:
    """A name of its own for each test: kombu remembers for the process which queues are bound."""
    return f"work-{uuid.uuid4().hex}"


def left(options: Options, folder: str = "data_folder_in") -> list[str]:
    return sorted(path.name for path in Path(options[folder]).iterdir())


def test_messages_come_in_the_order_they_were_sent(connect: Any, options: Options, work: str) -> None:
    with connect().SimpleQueue(work) as queue:
        for number in range(20):
            queue.put(number)
        received = [queue.get(timeout=2) for _ in range(20)]
        assert [message.payload for message in received] == list(range(20))
        for message in received:
            message.ack()
    assert left(options) == left(options, "processed_folder") == []


def test_a_reader_never_sees_half_a_message(connect: Any, work: str) -> None:
    """Four senders with long messages against a reader that looks all the time."""

    def send(name: int) -> None:
        with connect().SimpleQueue(work) as queue:
            for number in range(100):
                queue.put({"from": name, "number": number, "text": "я" * 20_000})

    senders = [threading.Thread(target=send, args=(name,)) for name in range(4)]
    for sender in senders:
        sender.start()
    seen: set[tuple[int, int]] = set()
    with connect().SimpleQueue(work) as queue:
        while len(seen) < 400:
            message = queue.get(timeout=10)
            seen.add((message.payload["from"], message.payload["number"]))
            message.ack()


def test_a_thread_that_comes_while_another_binds_the_queue_loses_nothing(
    connect: Any, options: Options, work: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bind = Channel._queue_bind

    def bind_slowly(*args: Any) -> None:
        time.sleep(0.2)
        bind(*args)

    monkeypatch.setattr(Channel, "_queue_bind", bind_slowly)

    def send() -> None:
        with connect().SimpleQueue(work) as queue:
            queue.put("a task")

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert [name.partition(".")[2] for name in left(options)] == [f"{work}.msg"] * 4


def test_what_a_killed_worker_had_taken_is_done_again(connect: Any, options: Options, work: str) -> None:
    with connect().SimpleQueue(work) as queue:
        for number in range(3):
            queue.put(number)
    killed = connect().channel()  # never closed, as after kill -9
    done = killed._get(work)
    killed.basic_ack(done["properties"]["delivery_tag"])
    killed._get(work)
    assert len(left(options, "processed_folder")) == 1
    assert put_back(options) == 1
    with connect().SimpleQueue(work) as queue:
        assert [queue.get(timeout=2).payload for _ in range(2)] == [1, 2]


def test_what_a_worker_gives_back_keeps_its_place(connect: Any, options: Options, work: str) -> None:
    with connect().SimpleQueue(work) as queue:
        queue.put("first")
        queue.put("second")
        queue.get(timeout=2).requeue()
        first = queue.get(timeout=2)
        assert first.payload == "first"
        first.ack()
    assert left(options, "processed_folder") == []
    assert len(left(options)) == 1


def test_a_message_that_cannot_be_read_does_not_stop_the_worker(connect: Any, options: Options, work: str) -> None:
    (Path(options["data_folder_in"]) / f"0_broken.{work}.msg").write_text("{half")
    with connect().SimpleQueue(work) as queue:
        queue.put("good")
        assert queue.get(timeout=2).payload == "good"
        with pytest.raises(Empty):
            queue.get(timeout=0.1)
    assert any(name.endswith(".unreadable") for name in left(options, "processed_folder"))
