"""The theme and the low-vision version are chosen by a POST and kept in cookies, without JavaScript."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse


@pytest.fixture
def page() -> str:
    return reverse("account_login")


@pytest.mark.django_db
def test_without_a_choice_the_system_decides(client: Client, page: str) -> None:
    html = client.get(page).content.decode()
    assert 'data-theme="auto" data-vision="normal"' in html
    assert 'media="screen and (prefers-color-scheme: dark)"' in html


@pytest.mark.django_db
@pytest.mark.parametrize(("theme", "media"), [("dark", "screen"), ("light", "not all")])
def test_a_chosen_theme_is_drawn_by_the_server(client: Client, page: str, theme: str, media: str) -> None:
    answer = client.post(reverse("appearance"), {"theme": theme, "next": page})
    assert answer.headers["Location"] == page
    html = client.get(page).content.decode()
    assert f'data-theme="{theme}"' in html
    assert f'id="dark" media="{media}"' in html


@pytest.mark.django_db
def test_the_low_vision_version_is_kept(client: Client, page: str) -> None:
    client.post(reverse("appearance"), {"vision": "low", "next": page})
    assert 'data-vision="low"' in client.get(page).content.decode()
    assert client.cookies["vision"]["max-age"] == 365 * 24 * 3600


@pytest.mark.django_db
def test_one_choice_leaves_the_other_alone(client: Client, page: str) -> None:
    client.post(reverse("appearance"), {"vision": "low"})
    client.post(reverse("appearance"), {"theme": "dark"})
    assert 'data-theme="dark" data-vision="low"' in client.get(page).content.decode()


@pytest.mark.django_db
def test_a_value_out_of_the_list_is_not_kept_nor_believed(client: Client, page: str) -> None:
    assert "theme" not in client.post(reverse("appearance"), {"theme": '"><script>'}).cookies
    client.cookies["theme"] = "solarized"
    assert 'data-theme="auto"' in client.get(page).content.decode()


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_the_way_back_stays_on_this_site(client: Client, back: str) -> None:
    assert client.post(reverse("appearance"), {"theme": "dark", "next": back}).headers["Location"] == "/"


def test_it_is_a_post(client: Client) -> None:
    assert client.get(reverse("appearance")).status_code == 405


def test_the_cookie_needs_no_session(client: Client) -> None:
    assert settings.SESSION_COOKIE_NAME not in client.post(reverse("appearance"), {"theme": "dark"}).cookies
