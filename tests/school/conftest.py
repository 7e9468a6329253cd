import copy
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.world import World, world_kept


@pytest.fixture(scope="module")
def kept_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with world_kept(django_db_blocker) as built:
        yield built


@pytest.fixture
def world(kept_world: World) -> World:
    """The module's world; a test changes objects of its own, as it changes rows of its own."""
    return copy.deepcopy(kept_world)
