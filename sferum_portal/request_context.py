"""Who is asking: the client's address and the request's id, for the event log."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class RequestContext:
    address: str = ""
    request_id: str = ""


_current: ContextVar[RequestContext | None] = ContextVar("request_context", default=None)


def current() -> RequestContext:
    """The context of the request that is being served; an empty one in commands and tasks."""
    return _current.get() or RequestContext()
