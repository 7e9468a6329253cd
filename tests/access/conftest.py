from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponseNotFound
from django.test import Client
from pytest_django import DjangoDbBlocker

from sferum_portal import navigation, urls
from tests.access.matrix import row_modules
from tests.world import World, world_kept


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The world is built once for the module and rolled back after it; each test rolls its own writes back."""
    with world_kept(django_db_blocker) as built:
        for module in row_modules():
            for place in (built.own, built.other_class, built.other_school):
                getattr(module, "prepare", lambda place: None)(place)
        yield built


@pytest.fixture(scope="module")
def clients(world: World) -> dict[str, Client]:
    """A browser for each role."""
    browsers = {role: Client() for role in world.users}
    for role, user in world.users.items():
        if user:
            browsers[role].force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browsers


@pytest.fixture(scope="module", autouse=True)
def plain_pages() -> Iterator[None]:
    """Thousands of pages are asked for and only their status counts: no menu, and a 404 without a page around it."""

    def not_found(request: HttpRequest, exception: Exception) -> HttpResponseNotFound:
        return HttpResponseNotFound()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(navigation, "build", lambda request: [])
        patch.setattr(urls, "handler404", not_found, raising=False)
        yield
