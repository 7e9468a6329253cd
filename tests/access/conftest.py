from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.access.matrix import row_modules
from tests.world import World, make_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The world is built once for the module and rolled back after it; each test rolls its own writes back."""
    with django_db_blocker.unblock(), transaction.atomic():
        built = make_world()
        for module in row_modules():
            for place in (built.own, built.other_class, built.other_school):
                getattr(module, "prepare", lambda place: None)(place)
        yield built
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def clients(world: World) -> dict[str, Client]:
    """A browser for each role."""
    browsers = {role: Client() for role in world.users}
    for role, user in world.users.items():
        if user:
            browsers[role].force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browsers
