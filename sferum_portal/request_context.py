"""Who is asking: the client's address and the request's id, for the event log, the logs and the limits."""

import ipaddress
import logging
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


@dataclass(frozen=True)
class RequestContext:
    address: str = ""
    request_id: str = ""


_current: ContextVar[RequestContext | None] = ContextVar("request_context", default=None)


def current() -> RequestContext:
    """The context of the request that is being served; an empty one in commands and tasks."""
    return _current.get() or RequestContext()


@contextmanager
def within(context: RequestContext) -> Iterator[None]:
    """A task does what somebody asked for in a request: the event log names that request."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


class RequestContextMiddleware:
    """Comes first. Settles the client's address once: after it `REMOTE_ADDR` is the client, for everybody who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        context = RequestContext(client_address(request), request_id(request))
        request.META["REMOTE_ADDR"] = context.address
        request.META.pop("HTTP_X_FORWARDED_FOR", None)
        token = _current.set(context)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response["X-Request-ID"] = context.request_id
        return response


def client_address(request: HttpRequest) -> str:
    """The address that our outermost proxy saw; without proxies of ours (TRUSTED_PROXY_COUNT) the header is not read."""
    peer = _clean(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.TRUSTED_PROXY_COUNT
    if not proxies:
        return peer
    chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return (_clean(chain[-proxies]) or peer) if len(chain) >= proxies else peer


def request_id(request: HttpRequest) -> str:
    """The proxy's id, so that its log and ours can be read together; else our own."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    if settings.TRUSTED_PROXY_COUNT and REQUEST_ID.fullmatch(given):
        return given
    return uuid.uuid4().hex


def _clean(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address.strip().strip("[]")))
    except ValueError:
        return ""


class RequestIdFilter(logging.Filter):
    """Gives each line of the log the id of its request, "-" outside requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current().request_id or "-"
        return True
