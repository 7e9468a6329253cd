"""The last events of a web process."""

from collections import deque

from .events import Event
from .sockets import QUEUE_LIMIT, Socket

RING_LIMIT = 2000


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
