"""What travels through the feed: a message for topics, or a change of rights. One text line of header, one of body."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.core.serializers.json import DjangoJSONEncoder

Operation = Literal["message", "grant", "revoke", "close", "resync"]


def to_json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Event:
    """`body` is the payload as JSON, made once by the sender: no process parses it again.

    - message: sockets that hold any of `topics` get `body`;
    - grant, revoke: the sockets of `users` gain or lose `topics`;
    - close: the sockets of `users` are closed, only those of `session` (a digest of the key) if it is given;
    - resync: something was lost, so every client reloads its state.
    """

    operation: Operation
    topics: tuple[str, ...] = ()
    body: str = ""
    users: tuple[int, ...] = ()
    session: str = ""

    def encode(self) -> str:
        return f"{to_json([self.operation, self.topics, self.users, self.session])}\n{self.body}"

    @classmethod
    def decode(cls, text: str) -> "Event":
        header, _, body = text.partition("\n")
        operation, topics, users, session = json.loads(header)
        return cls(operation, tuple(topics), body, tuple(users), session)


def message(topics: str | Collection[str], payload: dict[str, Any]) -> Event:
    """A message for whoever holds one of `topics`; `payload` carries its "type"."""
    if "type" not in payload:
        raise ValueError("A feed message says its type.")
    names = (topics,) if isinstance(topics, str) else tuple(topics)
    return Event("message", topics=names, body=to_json(payload))


def rights(operation: Literal["grant", "revoke"], users: int | Iterable[int], topics: str | Collection[str]) -> Event:
    """These users' sockets gain or lose `topics` before anything that is sent later."""
    ids = (users,) if isinstance(users, int) else tuple(users)
    names = (topics,) if isinstance(topics, str) else tuple(topics)
    return Event(operation, topics=names, users=ids)
