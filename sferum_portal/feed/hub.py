"""The hub: one per process, lives in the event loop, hands each event to the sockets that hold its topic.

No database and no parsing here: a message is serialised once, by its sender, and is the same string for every socket.
"""

import asyncio
import logging
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .events import Event, to_json
from .ring import Ring
from .sockets import CLOSE_FAILED, CLOSE_SIGNED_OUT, CLOSE_TOO_MANY, CLOSE_TOO_SLOW, Socket

log = logging.getLogger(__name__)

SOCKETS_PER_USER = 10


@dataclass(slots=True)
class Joining:
    """What happened while somebody's rights were read from the database."""

    loss: int
    changes: list[Event] = field(default_factory=list)


class Hub:
    """Sockets by topic and by user. Every method runs in the event loop's thread."""

    def __init__(self) -> None:
        self._by_topic: dict[str, set[Socket]] = defaultdict(set)
        self._by_user: dict[int, dict[Socket, None]] = defaultdict(dict)
        self._joining: list[Joining] = []
        self._losses = 0
        self._renewals: set[asyncio.Task[None]] = set()
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
        if (epoch, number) != (self.epoch, self.number + 1):
            self.restart(epoch, number - 1)
            self.lose()
        self.deliver(event)

    def deliver(self, event: Event) -> None:
        """The next event: hand it out, or apply the change of rights, before anything later is looked at."""
        self.number += 1
        text = ""
        match event.operation:
            case "message":
                text = f'{event.body[:-1]},"c":"{self.cursor}"}}'
                self._hand_out(event.topics, text)
            case "resync":
                self.lose()
            case _:
                for user_id in event.users:
                    for socket in list(self._by_user.get(user_id, ())):
                        self._apply(event, socket)
                for joining in self._joining:
                    joining.changes.append(event)
        self._ring.append(self.number, event, text)

    def lose(self) -> None:
        """Events were lost, perhaps changes of rights: nobody hears more until his rights were read anew and he resyncs."""
        self._losses += 1
        self._by_topic.clear()
        sockets = [socket for sockets in self._by_user.values() for socket in sockets]
        for socket in sockets:
            socket.topics.clear()
        if sockets:
            task = asyncio.get_running_loop().create_task(self._renew(sockets, self._losses))
            self._renewals.add(task)
            task.add_done_callback(self._renewals.discard)

    async def _renew(self, sockets: list[Socket], loss: int) -> None:
        async with asyncio.TaskGroup() as group:
            for socket in sockets:
                group.create_task(self._renew_one(socket, loss))

    async def _renew_one(self, socket: Socket, loss: int) -> None:
        with self.joining() as joining:
            try:
                identity = await socket.identify()
            except Exception:
                log.exception("Somebody's rights could not be read anew; he has to connect again.")
                self.end(socket, CLOSE_FAILED)
                return
            if loss != self._losses or socket not in self._by_user.get(socket.user_id, ()):
                return  # lost once more, and renewed by that; or gone
            if identity is None:
                self.end(socket, CLOSE_SIGNED_OUT)
                return
            self._hear(socket, identity.topics)
            self._catch_up(socket, joining)
            self._push(socket, to_json({"type": "resync", "c": self.cursor}))

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
                self._hear(socket, event.topics)
            case "revoke":
                self._forget(socket, event.topics)
                socket.topics.difference_update(event.topics)
            case "close" if not event.session or event.session == socket.session:
                self.end(socket, CLOSE_SIGNED_OUT)

    # --- sockets ----------------------------------------------------------------------------------------------------

    @contextmanager
    def joining(self) -> Iterator[Joining]:
        """Remember the changes of rights that happen while somebody's rights are read from the database."""
        joining = Joining(self._losses)
        self._joining.append(joining)
        try:
            yield joining
        finally:
            self._joining = [other for other in self._joining if other is not joining]

    def admit(self, socket: Socket, joining: Joining, since: str = "") -> bool:
        """Take a socket in and greet it: hello, then what it missed or a resync. False: read its rights once more."""
        if joining.loss != self._losses:
            return False
        mine = self._by_user[socket.user_id]
        if len(mine) >= SOCKETS_PER_USER:
            self.end(next(iter(mine)), CLOSE_TOO_MANY)
        self._by_user[socket.user_id][socket] = None
        self._hear(socket, set(socket.topics))
        socket.push(to_json({"type": "hello", "cursor": self.cursor}))
        self._catch_up(socket, joining)
        if since:
            for text in self._missed(socket, since):
                socket.push(text)
        return True

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

    def _hear(self, socket: Socket, topics: Iterable[str]) -> None:
        socket.topics.update(topics)
        for topic in topics:
            self._by_topic[topic].add(socket)

    def _catch_up(self, socket: Socket, joining: Joining) -> None:
        for event in joining.changes:
            if socket.user_id in event.users:
                self._apply(event, socket)

    def _forget(self, socket: Socket, topics: Iterable[str]) -> None:
        for topic in topics:
            holders = self._by_topic.get(topic)
            if holders is not None:
                holders.discard(socket)
                if not holders:
                    del self._by_topic[topic]
