"""Headers of every page, and pages that exist in development only."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests import factories as f

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


ODD_NUMBERS = {"too large for a key": "9" * 30, "too long for a number": "9" * 5000, "other digits": "٣"}


@pytest.mark.parametrize("odd", ODD_NUMBERS.values(), ids=ODD_NUMBERS.keys())
def test_a_number_that_can_be_no_id_is_nobody(odd: str) -> None:
    """It is answered as an unknown id is, never by an error of the portal (a 500, which the client raises)."""
    school = f.make_school()
    school_class = f.make_class(school)
    client = Client()
    client.force_login(f.administrator_of(school))
    here, api = f"/schools/{school.pk}", f"/api/v1/schools/{school.pk}"
    for url in (
        f"{here}/people/remove/?person={odd}",
        f"{here}/invites/new/?chat={odd}",
        f"/chats/?open={odd}",
        f"{api}/people/?school_class={odd}",
        f"{api}/enrolments/?person={odd}",
        f"{api}/invites/?school_class={odd}",
    ):
        assert client.get(url, headers={"HX-Request": "true"}).status_code in (200, 302, 404), url
    for url in (
        f"{here}/invites/annul/",
        f"{here}/invites/staff/pdf/",
        f"{here}/invites/classes/{school_class.pk}/parent/new/",
        f"{here}/requests/decide/",
        f"{here}/staff/verification/decide/",
    ):
        data = dict.fromkeys(("person", "people", "request", "invite"), odd) | {"some": "1"}
        assert client.post(url, data).status_code == 302, url


@pytest.mark.parametrize("url", ["documents/?kind=%00", "documents/?state=%00", "invites/?role=%00"])
def test_a_filter_with_a_zero_byte_finds_nothing(url: str) -> None:
    """PostgreSQL refuses the byte in a text."""
    school = f.make_school()
    client = Client()
    client.force_login(f.administrator_of(school))
    assert client.get(f"/api/v1/schools/{school.pk}/{url}").json()["results"] == []
