"""The event log: found, read in words, exported safely, never changed."""

import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from school.event_words import in_one_line
from school.exports import neutralised
from school.models import Event, EventKind, PendingAct
from school.services import acts, people, pupils
from tests import factories as f
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]


@pytest.fixture
def admin(world: World, as_: As) -> Client:
    return as_(f.administrator_of(world.own.school))


def found(client: Client, world: World, **filters: object) -> list[Event]:
    response = client.get(reverse("school:events", args=[world.own.school.pk]), filters)
    return [event for event, _changes in response.context["lines"]]


def test_events_are_found_by_person_actor_kind_and_period(world: World, admin: Client):
    by, pupil = f.administrator_of(world.own.school), world.own.pupil
    pupils.move_pupil(by=by, person=pupil, to_class=world.other_class.school_class, order={"order_number": "7"})
    event = found(admin, world, kind=EventKind.PUPIL_MOVED)[0]
    assert in_one_line(event) == "класс: 7Б → 7А; номер приказа: 7"
    assert event in found(admin, world, person=pupil.pk)
    assert event in found(admin, world, q=pupil.last_name, actor=world.people["administrator"].last_name)
    assert event not in found(admin, world, actor=world.people["director"].first_name)
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    assert found(admin, world, since=tomorrow) == []
    assert event in found(admin, world, until=timezone.localdate().isoformat())
    assert found(admin, world, kind="999", since="вчера")


def test_another_schools_events_are_not_there(world: World, admin: Client):
    assert {event.school_id for event in found(admin, world)} == {world.own.school.pk}


def test_an_export_needs_a_reason_and_a_second_administrator_and_is_an_event_itself(world: World, admin: Client):
    by = f.administrator_of(world.own.school)
    people.edit_person(by=by, person=world.own.pupil, file_number="=HYPERLINK(1)")
    url = reverse("school:export_events", args=[world.own.school.pk])
    assert admin.post(url, {"reason": "  "}).context["form"].errors["reason"]
    assert admin.post(url, {"reason": "Проверка"}).status_code == 302
    act = PendingAct.objects.waiting().get()
    take = reverse("school:take_export", args=[world.own.school.pk, act.pk])
    assert "Файла нет" in admin.post(take, follow=True).content.decode()
    acts.approve_act(by=f.user_of(world.people["additional_administrator"]), act=act)
    assert not Event.objects.filter(kind=EventKind.DATA_EXPORTED).exists()
    response = admin.post(take)
    rows = list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig")), delimiter=";"))
    assert rows[0][0] == "Когда"
    assert len(rows) > 10
    assert Event.objects.get(kind=EventKind.DATA_EXPORTED).new["reason"] == "Проверка"


@pytest.mark.parametrize("text", ["=1+1", "+7916", "-5", "@SUM(A1)", "\tx"])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(text: str):
    assert neutralised(text) == f"'{text}"
    assert neutralised(f"а{text}") == f"а{text}"


@pytest.mark.postgres
def test_the_database_refuses_to_change_the_log(world: World):
    assert connection.vendor == "postgresql"
    for change in (lambda rows: rows.update(subject_name="иначе"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(Event.objects.all())


def test_an_event_is_not_deleted_in_python(world: World):
    with pytest.raises(TypeError):
        Event.objects.filter(school=world.own.school)[0].delete()
