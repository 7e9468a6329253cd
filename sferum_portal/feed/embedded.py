"""The feed without Redis: one web process. Its threads reach the hub directly, other processes by a local socket."""

import asyncio
import contextlib
import errno
import logging
import os
import socket
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from .events import Event, message
from .hub import Hub

log = logging.getLogger(__name__)

SEND_TIMEOUT = 1.0  # seconds that a worker waits for a web process that does not read
BUFFER = 4 * 1024 * 1024
DATAGRAM = 256 * 1024
ADDRESS_LIMIT = 100  # a socket's address has room for 108 bytes


@contextlib.contextmanager
def address_of(path: Path) -> Iterator[str]:
    """The socket's address, by way of an open folder when the path is longer than an address may be."""
    if len(os.fsencode(path)) <= ADDRESS_LIMIT:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class EmbeddedTransport:
    """`send` from any thread of any process; `run` in the web process, the only one that listens at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hub: Hub | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bridge: socket.socket | None = None
        self._sender = threading.local()
        self._lost = False

    @property
    def connected(self) -> bool:
        return self._loop is not None

    # --- sending ----------------------------------------------------------------------------------------------------

    def send(self, events: Sequence[Event]) -> None:
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop closed meanwhile: nobody is connected any more
                loop.call_soon_threadsafe(self._deliver, events)
            return
        if self._lost:
            events = [Event("resync"), *events]
        with address_of(self._path) as address:
            self._lost = not all(self._send_datagram(address, event) for event in events)

    def _send_datagram(self, address: str, event: Event) -> bool:
        """False when a web process listens and could not take the event: the next one will tell it to resync."""
        try:
            self._outgoing().sendto(event.encode().encode(), address)
        except (FileNotFoundError, ConnectionRefusedError):
            return True  # no web process, so nobody to tell
        except OSError as error:
            if error.errno == errno.EMSGSIZE and event.operation == "message":
                log.warning("A feed message is too large for the local socket; the clients reload instead.")
                return self._send_datagram(address, message(event.topics, {"type": "resync"}))
            log.warning("The web process did not take a feed event: %s", error)
            return False
        return True

    def _outgoing(self) -> socket.socket:
        """One socket for a thread, made anew in a forked child."""
        if getattr(self._sender, "pid", None) != os.getpid():
            self._sender.pid = os.getpid()
            self._sender.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._sender.socket.settimeout(SEND_TIMEOUT)
            self._sender.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, DATAGRAM)
        sender: socket.socket = self._sender.socket
        return sender

    # --- receiving --------------------------------------------------------------------------------------------------

    async def run(self, hub: Hub, started: asyncio.Event) -> None:
        """Hand events to `hub` until cancelled."""
        loop = asyncio.get_running_loop()
        self._hub, self._bridge = hub, self._listen()
        loop.add_reader(self._bridge, self._drain)
        self._loop = loop
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            self._loop = None
            loop.remove_reader(self._bridge)
            self._bridge.close()
            self._path.unlink(missing_ok=True)
            self._hub = self._bridge = None

    def _listen(self) -> socket.socket:
        bridge = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        bridge.setblocking(False)
        bridge.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        with address_of(self._path) as address:
            self._refuse_second(bridge, address)
            self._path.unlink(missing_ok=True)
            before = os.umask(0o177)
            try:
                bridge.bind(address)
            finally:
                os.umask(before)
        return bridge

    def _refuse_second(self, bridge: socket.socket, address: str) -> None:
        """A file left by a killed process refuses the connection; a live one means a second web process."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
                probe.connect(address)
        except OSError:
            return
        bridge.close()
        raise RuntimeError(f"Another web process listens at {self._path}. Several of them need REDIS_URL.")

    def _deliver(self, events: Sequence[Event]) -> None:
        if self._hub is not None:
            self._drain()  # what a worker sent before these stays before them
            for event in events:
                self._hub.deliver(event)

    def _drain(self) -> None:
        while self._bridge is not None and self._hub is not None:
            try:
                data = self._bridge.recv(DATAGRAM)
            except (BlockingIOError, InterruptedError):
                return
            try:
                event = Event.decode(data.decode())
            except ValueError:
                log.exception("A datagram that is not a feed event.")
                continue
            self._hub.deliver(event)
