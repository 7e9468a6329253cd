import copy
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.models import User
from tests.world import World, world_kept


@pytest.fixture(scope="module")
def kept_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with world_kept(django_db_blocker) as built:
        yield built


@pytest.fixture
def world(kept_world: World) -> World:
    """The module's world; a test changes objects of its own, as it changes rows of its own."""
    return copy.deepcopy(kept_world)


@pytest.fixture
def as_(client: Client) -> Callable[[User], Client]:
    """as_(user): the browser of this user."""

    def sign_in(user: User) -> Client:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
