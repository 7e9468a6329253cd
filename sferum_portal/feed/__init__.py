"""The live feed: what happens on the server reaches open pages, one WebSocket for each.

Services publish inside `transaction.on_commit`, from any thread or process::

    transaction.on_commit(lambda: feed.publish(f"chat:{chat.pk}", {"type": "message", "chat": chat.pk, "seq": seq}))

Nothing here is a promise to deliver: a client that was away asks the API from its last seq, or reloads on "resync".
Rights travel in the same order as messages: after `revoke_topics` returns, whatever is published later does not reach
that user.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings

from .events import Event, message, rights

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence

    from accounts.models import User

    from .hub import Hub

__all__ = [
    "close_user",
    "grant_topics",
    "publish",
    "publish_many",
    "register_topics",
    "revoke_topics",
    "session_digest",
    "topics_of",
    "transport",
]


class Transport(Protocol):
    @property
    def connected(self) -> bool:
        """Whether events arrive here now."""
        ...

    def send(self, events: "Sequence[Event]") -> None: ...

    async def run(self, hub: "Hub", started: "asyncio.Event") -> None: ...


@cache
def transport() -> Transport:
    """How events travel: over Redis where there is one, else inside the one web process and by a local socket to it."""
    if settings.REDIS_URL:
        from .shared import RedisTransport

        return RedisTransport(settings.REDIS_URL, settings.FEED_CHANNEL)
    from .embedded import EmbeddedTransport

    return EmbeddedTransport(settings.VAR_DIR / "feed.sock")


# --- publishing -------------------------------------------------------------------------------------------------------


def publish(topics: str | Collection[str], payload: dict[str, Any]) -> None:
    """Push `payload` (a dict with a "type") to everybody who holds the topic, or any of the topics, once each."""
    transport().send([message(topics, payload)])


def publish_many(messages: Iterable[tuple[str | Collection[str], dict[str, Any]]]) -> None:
    """Several at once, in this order."""
    if events := [message(topics, payload) for topics, payload in messages]:
        transport().send(events)


def grant_topics(users: int | Iterable[int], topics: str | Collection[str]) -> None:
    """From now on the open pages of these users hear `topics`."""
    transport().send([rights("grant", users, topics)])


def revoke_topics(users: int | Iterable[int], topics: str | Collection[str]) -> None:
    """From now on the open pages of these users do not hear `topics`: not even the next message."""
    transport().send([rights("revoke", users, topics)])


def close_user(user_id: int, session_key: str | None = None) -> None:
    """Close the user's sockets, or only those of one session, because it has ended."""
    transport().send([Event("close", users=(user_id,), session=session_digest(session_key) if session_key else "")])


def session_digest(session_key: str) -> str:
    """Names a session without being able to open it: the key itself does not travel."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:32]


# --- what a user hears ------------------------------------------------------------------------------------------------

TopicSource = Callable[["User"], Iterable[str]]
_sources: list[TopicSource] = []


def register_topics(source: TopicSource) -> TopicSource:
    """An app says, in `AppConfig.ready`, which topics a user hears when he connects. May read the database."""
    if source not in _sources:
        _sources.append(source)
    return source


def topics_of(user: "User") -> set[str]:
    """All topics of `user`; "user:<id>" is always among them."""
    return {f"user:{user.pk}"}.union(*(source(user) for source in _sources))
