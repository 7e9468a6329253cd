"""The broker of an installation without Redis: kombu's files in `var/`, made safe to read while they are written.

kombu's own transport shows a message to the reader before it is written (the worker dies of half a line), and deletes it
before the task is done (a kill -9 loses it). Here a message appears by a rename, and waits in `taken/` until it is
acknowledged. One worker reads (`portal_worker` holds a lock), so what lies in `taken/` when it starts was not done.
"""

import contextlib
import fcntl
import logging
import os
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)
_binding = threading.Lock()


class Channel(filesystem.Channel):
    """Folders: data_folder_in (the queue, also data_folder_out), processed_folder (taken), control_folder."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue_folder, self._taken_folder = Path(self.data_folder_in), Path(self.processed_folder)
        self._taken: dict[str, Path] = {}  # by delivery tag

    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        write_whole(self._queue_folder / name, dumps(message))

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        for name in sorted(os.listdir(self._queue_folder)):
            if name.partition(".")[2] == f"{queue}.msg" and (payload := self._take(name)) is not None:
                return payload
        raise Empty

    def _take(self, name: str) -> dict[str, Any] | None:
        taken = self._taken_folder / name
        try:
            (self._queue_folder / name).rename(taken)
            payload: dict[str, Any] = loads(taken.read_text())
        except FileNotFoundError:  # another reader was quicker
            return None
        except ValueError:
            log.error("A task that cannot be read is put aside: %s", name)
            taken.rename(taken.with_suffix(".unreadable"))
            return None
        self._taken[payload["properties"]["delivery_tag"]] = taken
        return payload

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        super().basic_ack(delivery_tag, multiple)
        self._forget(delivery_tag)

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        super().basic_reject(delivery_tag, requeue)
        self._forget(delivery_tag)

    def _restore(self, message: Any) -> None:
        """Put back what was taken and not done; it keeps its place in the line."""
        if taken := self._taken.pop(message.delivery_tag, None):
            with contextlib.suppress(FileNotFoundError):
                taken.rename(self._queue_folder / taken.name)
        else:
            super()._restore(message)

    def _forget(self, delivery_tag: str) -> None:
        if taken := self._taken.pop(delivery_tag, None):
            taken.unlink(missing_ok=True)

    def queue_bind(self, *args: Any, **kwargs: Any) -> None:
        """One thread at a time: kombu notes a queue as bound before it is, and another thread's task would go nowhere."""
        with _binding:
            super().queue_bind(*args, **kwargs)

    def _queue_bind(self, exchange: str, routing_key: Any, pattern: Any, queue: Any) -> None:
        entry = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._exchange_lock():
            table = self.get_table(exchange)
            if entry not in table:
                write_whole(self.control_folder / f"{exchange}.exchange", dumps([entry, *table]))

    @contextlib.contextmanager
    def _exchange_lock(self) -> Iterator[None]:
        with (self.control_folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    Channel = Channel


def write_whole(path: Path, text: str) -> None:
    """The file appears with all of its text, or not at all."""
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    partial.write_text(text)
    partial.replace(path)


def put_back(options: dict[str, Any]) -> int:
    """Return to the queue what a killed worker had taken; the number of tasks. For the one worker, before it starts."""
    queue, taken = Path(options["data_folder_in"]), Path(options["processed_folder"])
    names = [path.name for path in taken.glob("*.msg")]
    for name in names:
        (taken / name).rename(queue / name)
    return len(names)


def register() -> None:
    TRANSPORT_ALIASES["files"] = "sferum_portal.broker:Transport"
