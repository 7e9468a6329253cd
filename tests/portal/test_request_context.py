"""The client's address and the request's id, settled once for everybody."""

import logging
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from sferum_portal import request_context
from sferum_portal.request_context import RequestContextMiddleware


def address_seen(**meta: Any) -> str:
    """What a view finds, as the context and as REMOTE_ADDR."""
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.extend([request_context.current().address, request.META["REMOTE_ADDR"]])
        return HttpResponse()

    RequestContextMiddleware(view)(RequestFactory().get("/", **meta))
    assert seen[0] == seen[1]
    return seen[0]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "", "10.0.0.9"),
        (0, "1.2.3.4", "10.0.0.9"),  # anybody may write this header
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # only what our proxy added counts
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.9"),  # came round a proxy
        (1, "nonsense", "10.0.0.9"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address(settings: Settings, proxies: int, forwarded: str, expected: str) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    assert address_seen(REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=forwarded) == expected


def test_the_request_id_is_ours_unless_a_trusted_proxy_gives_one(settings: Settings) -> None:
    middleware = RequestContextMiddleware(lambda request: HttpResponse())
    given = RequestFactory().get("/", HTTP_X_REQUEST_ID="from-the-proxy-1")
    assert middleware(given)["X-Request-ID"] != "from-the-proxy-1"
    settings.TRUSTED_PROXY_COUNT = 1
    assert middleware(given)["X-Request-ID"] == "from-the-proxy-1"
    forged = RequestFactory().get("/", HTTP_X_REQUEST_ID="a\nb" * 10)
    assert middleware(forged)["X-Request-ID"].isalnum()


def test_outside_of_requests_there_is_no_context() -> None:
    RequestContextMiddleware(lambda request: HttpResponse())(RequestFactory().get("/"))
    assert request_context.current() == request_context.RequestContext("", "")
    record = logging.makeLogRecord({})
    assert request_context.RequestIdFilter().filter(record)
    assert record.request_id == "-"  # type: ignore[attr-defined]
