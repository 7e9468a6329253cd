"""Two at once, on a database that really runs them at once; and how many statements an import takes there."""

from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from school.drift import check_rights
from school.models import Act, ListImport
from school.services import import_work, imports, pupils
from tests import factories as f
from tests.school import imports as lists
from tests.school.files import PER_PUPIL, SIMPLE
from tests.school.test_import_pages import people_of
from tests.school.test_races import at_once
from tests.world import make_additional_administrator

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_administrators_apply_one_list_at_once() -> None:
    school = f.make_school()
    both = [f.administrator_of(school), f.user_of(make_additional_administrator(school))]
    made = lists.checked(lists.uploaded(school, PER_PUPIL))
    people = school.people.count()
    outcomes = at_once(*(partial(imports.apply_import, by=f.fresh(by), list_import=made) for by in both))
    assert outcomes == ["already_applied", "done"]
    assert (school.people.count(), Act.objects.count()) == (people + 5, 1)
    assert not check_rights(school)


def test_two_lists_with_the_same_people_at_once() -> None:
    """The second is made anew behind the lock, finds everybody there, and asks to be checked again."""
    school = f.make_school()
    two = [lists.checked(lists.uploaded(school, SIMPLE)) for _ in range(2)]
    by = f.administrator_of(school)
    outcomes = at_once(*(partial(imports.apply_import, by=f.fresh(by), list_import=made) for made in two))
    assert outcomes == ["done", "lists_changed"]
    assert school.people.filter(first_name="Лев").count() == 1


def test_three_rows_and_two_hundred_are_written_by_as_many_statements() -> None:
    def cost(rows: int) -> int:
        made = lists.checked(lists.uploaded(f.make_school(), people_of(rows)))
        with CaptureQueriesContext(connection) as queries:
            lists.applied(made)
        assert made.act
        return len(queries)

    assert cost(3) == cost(200)  # a batch holds a thousand rows of a kind


def test_two_workers_on_one_list_and_a_pupil_moved_meanwhile() -> None:
    school = f.make_school()
    by = f.administrator_of(school)
    here, there = f.make_class(school, "6А"), f.make_class(school, "6Б")
    pupil = f.make_pupil(here, last_name="Белов", first_name="Иван", patronymic="Сергеевич")
    made = lists.checked(lists.uploaded(school, SIMPLE))
    imports.ask_to_apply(by=by, list_import=made)
    outcomes = at_once(
        partial(import_work.work_on, made.pk),
        partial(import_work.work_on, made.pk),
        partial(pupils.move_pupil, by=f.fresh(by), person=pupil, to_class=there),
    )
    assert outcomes == ["done"] * 3
    made.refresh_from_db()
    assert made.state in (ListImport.State.APPLIED, ListImport.State.PLANNED)
    assert pupil.enrolments.active().count() == 1
    assert not check_rights(school)
