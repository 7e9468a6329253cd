"""Role × address × (own class, other class, other school) → status; see the docstring of this package."""

from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import reverse

from tests.access.exempt import EXEMPT
from tests.access.matrix import PLACES, ROLES, Row, addresses, all_rows
from tests.world import World

ROWS = all_rows()
CASES = [pytest.param(row, place, id=f"{row.name}-{row.method}-{place}") for row in ROWS for place in PLACES]


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "place"), CASES)
def test_matrix(row: Row, place: str, world: World, clients: dict[str, Client]):
    if same_as_own(row, place, world):
        return
    assert row.expected[place] is not None, f"{row.name}: say who reaches it in the other class (other_class=…)"
    expected = row.statuses(place)
    url = reverse(row.name, kwargs=row.args(getattr(world, place)))
    differing = [
        f"{url} as {role}: {got}, not {expected.get(role, 'a request to sign in')}"
        for role in ROLES
        if not fits(got := ask(clients[role], row, place, url, world), expected.get(role), url)
    ]
    assert not differing, "\n".join(["", *differing])


def same_as_own(row: Row, place: str, world: World) -> bool:
    """An address without a class is not asked again for the other class, one without a school only once."""
    if place == "own" or (row.expected[place] and row.expected[place] is not row.expected["own"]):
        return False
    return row.args(getattr(world, place)) == row.args(world.own)


def ask(client: Client, row: Row, place: str, url: str, world: World) -> tuple[int, str]:
    """The status and where a redirect leads; what was written is taken back."""
    data: Any = row.data(getattr(world, place))
    as_json: dict[str, Any] = {}
    if row.method != "get" and url.startswith("/api/"):
        as_json = {"content_type": "application/json"}
    with transaction.atomic():
        response = getattr(client, row.method)(url, data, **as_json)
        transaction.set_rollback(True)
    return response.status_code, response.headers.get("Location", "")


def fits(got: tuple[int, str], expected: int | None, url: str) -> bool:
    """None is for somebody who has not signed in: he is sent to the sign-in page, a program gets 401."""
    status, location = got
    if expected is not None:
        return status == expected
    if url.startswith("/api/"):
        return status == 401
    return status == 302 and location.startswith(resolve_url(settings.LOGIN_URL))


def is_exempt(name: str) -> bool:
    return any(name.startswith(key[:-1]) if key.endswith("*") else name == key for key in EXEMPT)


def test_every_address_has_a_row():
    rows = {row.name for row in ROWS}
    missing = sorted({f"{a.name} ({a.route})" for a in addresses() if a.name not in rows and not is_exempt(a.name)})
    assert not missing, "no row in tests/access (its docstring says how to add one): " + ", ".join(missing)


def test_every_row_has_an_address():
    names = {address.name for address in addresses()}
    assert {row.name for row in ROWS} <= names
    for key in EXEMPT:
        assert any(name.startswith(key.rstrip("*")) for name in names), f"{key}: nothing is exempted by it"


def test_every_method_of_the_api_has_a_row():
    rows = {(row.name, row.method) for row in ROWS}
    views = [(a.name, a.view.cls) for a in addresses() if hasattr(a.view, "cls") and not is_exempt(a.name)]
    methods = ("get", "post", "put", "patch", "delete")
    answered = {(name, method) for name, view in views for method in methods if hasattr(view, method)}
    assert not answered - rows


@pytest.mark.django_db
def test_the_admin_is_for_the_operator(world: World, clients: dict[str, Client]):
    opened = [role for role in ROLES if clients[role].get(reverse("admin:index")).status_code == 200]
    assert opened == ["operator"]
