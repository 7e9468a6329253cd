"""Headers of every page, and pages that exist in development only."""

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db


def test_every_page_carries_the_headers(client: Client) -> None:
    headers = client.get("/operator/login/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["X-Request-ID"]


def test_a_page_does_not_stay_in_a_shared_cache(client: Client) -> None:
    assert "private" in client.get("/accounts/login/").headers["Cache-Control"]


def test_development_pages_exist_in_development_only(client: Client, settings: Settings) -> None:
    settings.DEVELOPMENT = False
    assert client.get("/dev/outbox/").status_code == 404
    settings.DEVELOPMENT = True
    assert client.get("/dev/outbox/").status_code != 404
