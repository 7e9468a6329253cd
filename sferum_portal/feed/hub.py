"""The hub: one per process, lives in the event loop, hands each event to the sockets that hold its topic.

No database and no parsing here: a message is serialised once, by its sender, and is the same string for every socket.
"""

import asyncio
import secrets
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .events import Event, to_json

Send = Callable[[dict[str, Any]], Awaitable[None]]

QUEUE_LIMIT = 500  # messages that wait for one slow socket
RING_LIMIT = 2000  # events kept for those who come back
SOCKETS_PER_USER = 10

# What a client does with a close code is written in docs/feed.md.
CLOSE_BAD_MESSAGE = 4400
CLOSE_SIGNED_OUT = 4401
CLOSE_TOO_SLOW = 4008
CLOSE_TOO_MANY = 4009


@dataclass(frozen=True, slots=True)
class Identity:
    """Who connected: the user, a digest of his session's key, and the topics he hears."""

    user_id: int
    session: str
    topics: frozenset[str]


class Socket:
    """One open WebSocket: whose it is, what it may hear, and the messages that wait to be written."""

    __slots__ = ("_closing", "_queue", "_wake", "session", "topics", "user_id")

    def __init__(self, identity: Identity) -> None:
        self.user_id = identity.user_id
        self.session = identity.session
        self.topics = set(identity.topics)
        self._queue: deque[str] = deque()
        self._wake = asyncio.Event()
        self._closing: int | None = None

    def push(self, text: str) -> bool:
        """Put a message in line; False when the line is full and the socket has to go."""
        if self._closing is not None:
            return True
        if len(self._queue) >= QUEUE_LIMIT:
            return False
        self._queue.append(text)
        self._wake.set()
        return True

    def close(self, code: int) -> None:
        """Close after what is already in line; a socket that is too slow forgets the line and catches up later."""
        if code == CLOSE_TOO_SLOW:
            self._queue.clear()
        self._closing = code
        self._wake.set()

    async def pump(self, send: Send) -> None:
        """Write what comes until the socket is told to close. `send` waits when the client does not read."""
        while True:
            while self._queue:
                await send({"type": "websocket.send", "text": self._queue.popleft()})
            if self._closing is not None:
                await send({"type": "websocket.close", "code": self._closing})
                return
            self._wake.clear()
            await self._wake.wait()


class Ring:
    """The last events, so that a client who was away for a moment gets what it missed."""

    def __init__(self, after: int) -> None:
        self._after = after  # everything later than this number is here
        self._events: deque[tuple[int, Event, str]] = deque()

    def append(self, number: int, event: Event, text: str) -> None:
        self._events.append((number, event, text))
        if len(self._events) > RING_LIMIT:
            self._after = self._events.popleft()[0]

    def since(self, number: int, socket: Socket) -> list[str] | None:
        """The messages that `socket` missed after `number`; None when that cannot be told.

        A change of this user's rights in between cannot be replayed: what was said before he came is not his to hear.
        """
        if number < self._after:
            return None
        missed: list[str] = []
        for at, event, text in reversed(self._events):
            if at <= number:
                break
            if event.operation == "message":
                if not socket.topics.isdisjoint(event.topics):
                    missed.append(text)
            elif event.operation == "resync" or socket.user_id in event.users:
                return None
        return missed[::-1] if len(missed) < QUEUE_LIMIT else None


class Hub:
    """Sockets by topic and by user. Every method runs in the event loop's thread."""

    def __init__(self) -> None:
        self._by_topic: dict[str, set[Socket]] = defaultdict(set)
        self._by_user: dict[int, dict[Socket, None]] = defaultdict(dict)
        self._joining: list[list[Event]] = []
        self.restart(secrets.token_hex(4), 0)

    def restart(self, epoch: str, number: int) -> None:
        """Count from `number` in `epoch`; what was before cannot be replayed."""
        self.epoch, self.number = epoch, number
        self._ring = Ring(after=number)

    @property
    def cursor(self) -> str:
        return f"{self.epoch}:{self.number}"

    def __len__(self) -> int:
        return sum(map(len, self._by_user.values()))

    # --- events -----------------------------------------------------------------------------------------------------

    def deliver_numbered(self, epoch: str, number: int, event: Event) -> None:
        """An event of a stream that is numbered elsewhere: a gap or another epoch means that something was lost."""
        lost = (epoch, number) != (self.epoch, self.number + 1)
        if lost:
            self.restart(epoch, number - 1)
        self.deliver(event)
        if lost:
            self.resync()

    def deliver(self, event: Event) -> None:
        """The next event: hand it out, or apply the change of rights, before anything later is looked at."""
        self.number += 1
        text = ""
        match event.operation:
            case "message":
                text = f'{event.body[:-1]},"c":"{self.cursor}"}}'
                self._hand_out(event.topics, text)
            case "resync":
                self.resync()
            case _:
                for user_id in event.users:
                    for socket in list(self._by_user.get(user_id, ())):
                        self._apply(event, socket)
                for ahead in self._joining:
                    ahead.append(event)
        self._ring.append(self.number, event, text)

    def resync(self) -> None:
        """Tell every client to reload what it shows."""
        text = to_json({"type": "resync", "c": self.cursor})
        for socket in [socket for sockets in self._by_user.values() for socket in sockets]:
            self._push(socket, text)

    def _hand_out(self, topics: tuple[str, ...], text: str) -> None:
        if len(topics) == 1:
            holders = self._by_topic.get(topics[0], set())
        else:
            holders = set().union(*(self._by_topic.get(topic, ()) for topic in topics))
        slow = [socket for socket in holders if not socket.push(text)]
        for socket in slow:
            self.end(socket, CLOSE_TOO_SLOW)

    def _push(self, socket: Socket, text: str) -> None:
        if not socket.push(text):
            self.end(socket, CLOSE_TOO_SLOW)

    def _apply(self, event: Event, socket: Socket) -> None:
        match event.operation:
            case "grant":
                socket.topics.update(event.topics)
                for topic in event.topics:
                    self._by_topic[topic].add(socket)
            case "revoke":
                self._forget(socket, event.topics)
                socket.topics.difference_update(event.topics)
            case "close" if not event.session or event.session == socket.session:
                self.end(socket, CLOSE_SIGNED_OUT)

    # --- sockets ----------------------------------------------------------------------------------------------------

    @contextmanager
    def joining(self) -> Iterator[list[Event]]:
        """Remember the changes of rights that happen while a newcomer's rights are read from the database."""
        changes: list[Event] = []
        self._joining.append(changes)
        try:
            yield changes
        finally:
            self._joining = [others for others in self._joining if others is not changes]

    def admit(self, socket: Socket, changes: Iterable[Event] = (), since: str = "") -> None:
        """Take a socket in, with what changed meanwhile, and greet it: hello, then what it missed or a resync."""
        mine = self._by_user[socket.user_id]
        if len(mine) >= SOCKETS_PER_USER:
            self.end(next(iter(mine)), CLOSE_TOO_MANY)
        self._by_user[socket.user_id][socket] = None
        for topic in socket.topics:
            self._by_topic[topic].add(socket)
        socket.push(to_json({"type": "hello", "cursor": self.cursor}))
        for event in changes:
            if socket.user_id in event.users:
                self._apply(event, socket)
        if since:
            for text in self._missed(socket, since):
                socket.push(text)

    def leave(self, socket: Socket) -> None:
        self._forget(socket, socket.topics)
        mine = self._by_user.get(socket.user_id)
        if mine is not None:
            mine.pop(socket, None)
            if not mine:
                del self._by_user[socket.user_id]

    def _missed(self, socket: Socket, since: str) -> list[str]:
        epoch, _, number = since.partition(":")
        missed = None
        if epoch == self.epoch and number.isdecimal() and len(number) < 20 and int(number) <= self.number:
            missed = self._ring.since(int(number), socket)
        return [to_json({"type": "resync", "c": self.cursor})] if missed is None else missed

    def end(self, socket: Socket, code: int) -> None:
        """Hand nothing more to this socket, and close it."""
        self.leave(socket)
        socket.close(code)

    def _forget(self, socket: Socket, topics: Iterable[str]) -> None:
        for topic in topics:
            holders = self._by_topic.get(topic)
            if holders is not None:
                holders.discard(socket)
                if not holders:
                    del self._by_topic[topic]
