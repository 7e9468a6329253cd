"""The demo school goes through a new year and back: nothing of it is lost, nothing is left over."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from chats.attendance import attend_all
from school import undo
from school.drift import check_rights
from school.models import Rollover, School
from tests import factories as f
from tests.demo.making import run
from tests.rollover.years import differences, new_year, tables

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[School]:
    """The school is made once for the module and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        run()
        attend_all()
        yield School.objects.get()
        transaction.set_rollback(True)


@pytest.fixture
def demo(world: School, db: None) -> School:
    return world


@pytest.mark.parametrize("chats", Rollover.Chats.values)
def test_a_new_year_undone_is_the_old_year(demo: School, chats: str) -> None:
    before = tables()
    for _ in range(2):
        act = new_year(demo, chats=chats)
        assert not check_rights(demo)
        assert tables() != before
        undo.undo(by=f.administrator_of(demo), act=act)
        assert not check_rights(demo)
        assert differences(before, tables()) == {}
