from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.world import World, world_kept


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with world_kept(django_db_blocker) as built:
        yield built
