"""Error pages and the gallery: they stand on their own feet, in Russian, and only where they belong."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.defaults import server_error
from pytest_django import Settings

from sferum_portal.errors import denied
from sferum_portal.gallery import PAGES

ERRORS = {
    "400": "Не получилось разобрать запрос",
    "403": "Это вам не разрешено",
    "403_csrf": "Страница устарела",
    "404": "Такой страницы нет",
    "429": "Слишком много попыток",
    "500": "У нас что-то сломалось",
}


@pytest.mark.parametrize(("name", "words"), ERRORS.items())
def test_an_error_page_needs_no_request(name: str, words: str) -> None:
    html = render_to_string(f"{name}.html")
    assert words in html
    assert html.count("<h1") == 1
    assert 'lang="ru"' in html


@pytest.mark.django_db
def test_an_unknown_address_gets_the_page_in_russian(client: Client) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert ERRORS["404"] in answer.content.decode()


def test_a_request_stopped_at_the_door_gets_its_page(client: Client) -> None:
    answer = client.get("/", headers={"host": "another.example"})
    assert answer.status_code == 400
    assert ERRORS["400"] in answer.content.decode()


def test_a_failure_gets_its_page() -> None:
    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert ERRORS["500"] in answer.content.decode()


@pytest.mark.django_db
def test_a_forgery_gets_its_page() -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse("appearance"), {"theme": "dark"})
    assert answer.status_code == 403
    assert ERRORS["403_csrf"] in answer.content.decode()


def words_of(refusal: PermissionDenied) -> str:
    answer = denied(RequestFactory().get("/"), refusal)
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == 403
    return answer.content.decode()


def test_a_refusal_names_the_clause_and_who_may() -> None:
    explanation = SimpleNamespace(
        clause="2.3",
        label="создать чат",
        roles=[SimpleNamespace(label="классный руководитель")],
        granted_by=["Крылова А."],
    )
    refusal = PermissionDenied()
    refusal.explanation = explanation  # type: ignore[attr-defined]
    html = words_of(refusal)
    for words in ("2.3", "создать чат", "классный руководитель", "Крылова А."):
        assert words in html


def test_a_refusal_without_an_explanation_has_words_too() -> None:
    assert "администратору школы" in words_of(PermissionDenied())


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["", *PAGES])
def test_the_gallery_shows_everything(client: Client, settings: Settings, page: str) -> None:
    settings.DEVELOPMENT = True
    url = reverse("gallery_page", args=[page]) if page else reverse("gallery")
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.content.decode().count("<h1") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["base", "ui/_form", "../settings", "accounts/profile"])
def test_the_gallery_shows_only_its_own_pages(client: Client, settings: Settings, page: str) -> None:
    settings.DEVELOPMENT = True
    assert client.get(f"/ui/{page}/").status_code == 404


@pytest.mark.django_db
def test_the_gallery_is_not_in_production(client: Client, settings: Settings) -> None:
    settings.DEVELOPMENT = False
    assert client.get(reverse("gallery")).status_code == 404


@pytest.mark.django_db
def test_pages_forbid_what_is_inline(client: Client, settings: Settings) -> None:
    settings.DEVELOPMENT = True
    answer = client.get(reverse("gallery"))
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'nonce="{nonce}"' in answer.content.decode()
