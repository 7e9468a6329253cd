"""Eight forms of real lists: uploaded, checked, applied; the second time nothing changes; undone, everything is as before."""

from typing import Any

import pytest

from school import undo
from school.drift import check_rights
from school.models import Event, EventKind, Guardianship, ListImport, Person, School
from tests import factories as f
from tests.school import imports as lists
from tests.school.files import FORMS, Form

pytestmark = pytest.mark.django_db
State = ListImport.State


@pytest.fixture
def school() -> School:
    return f.make_school()


def tables(school: School) -> dict[str, list[dict[str, Any]]]:
    return {
        str(model._meta.model_name): list(model._default_manager.filter(school=school).order_by("pk").values())
        for model in undo.TRACKED
    }


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_file_is_imported_and_the_second_time_changes_nothing(school: School, form: Form) -> None:
    before = tables(school)
    people = Person.objects.filter(school=school).count()
    first = lists.run(school, form.content(), form.name)
    assert not lists.said(first, "error")
    assert first.state == State.APPLIED
    assert Person.objects.filter(school=school).count() - people == form.people
    assert Guardianship.objects.filter(school=school).count() == form.ties
    if form.classes:
        assert {c.name for c in school.classes.filter(kind="class")} == set(form.classes.split())
    after = tables(school)
    events = Event.objects.count()

    again = lists.plan(school, form.content(), form.name)
    assert set(lists.some(again)) <= {"skip", "missing"}
    lists.applied(again)
    assert again.act is None
    assert tables(school) == after
    assert Event.objects.count() == events

    undo.undo(by=f.administrator_of(school), act=first.act)
    assert tables(school) == before
    assert not check_rights(school)
    assert Event.objects.filter(kind=EventKind.LIST_IMPORTED, subject_id=first.pk).count() == 1
