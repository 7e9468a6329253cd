from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

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
