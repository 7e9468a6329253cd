"""The sockets of one web process, as the hub sees them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

QUEUE_LIMIT = 500  # messages that wait for one slow socket

# What a client does with a close code is written in docs/feed.md.
CLOSE_FAILED = 1011
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


Send = Callable[[dict[str, Any]], Awaitable[None]]
Identify = Callable[[], Awaitable[Identity | None]]


class Socket:
    """One open WebSocket: whose it is, what it may hear, and the messages that wait to be written.

    `identify` reads anew who it is and what he may hear; None when his session is over.
    """

    __slots__ = ("_closing", "_queue", "_wake", "identify", "session", "topics", "user_id")

    def __init__(self, identity: Identity, identify: Identify) -> None:
        self.identify = identify
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
