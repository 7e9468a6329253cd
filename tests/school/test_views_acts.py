"""«Ждут второго администратора»: the page, the panels, the API."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from school.drift import check_rights
from school.event_words import in_one_line
from school.models import Event, EventKind, Person, SchoolGroupPermission, StaffPosition
from school.services.acts import approve_act, cancel_act
from tests import factories as f
from tests.school.test_acts import is_administrator, propose, user
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]
API: Any = {"content_type": "application/json"}


def test_the_page_says_who_what_and_when_and_decides(world: World, as_: As):
    act, url = propose(world), reverse("school:acts", args=[world.own.school.pk])
    own = as_(user(world, "administrator")).get(url).content.decode()
    assert "утверждает другой администратор" in own
    assert "Подтвердить" not in own
    second = as_(user(world, "additional_administrator"))
    page = second.get(url).content.decode()
    assert world.own.homeroom.full_name in page
    assert "приказ № 12 от 01.09.2025" in page
    assert "завтра" in page
    second.post(reverse("school:approve_act", args=[world.own.school.pk, act.pk]))
    assert is_administrator(world.own.homeroom)
    assert "подтвердил" in second.get(url).content.decode()


def test_the_log_says_it_in_words_and_in_the_time_of_the_school(world: World):
    act = propose(world)
    event = Event.objects.get(kind=EventKind.ACT_PROPOSED)
    assert in_one_line(event) == f"выполнится само: {timezone.localtime(act.due_at):%d.%m.%Y %H:%M}"


def test_a_refusal_is_said_on_the_page(world: World, as_: As):
    act = propose(world)
    client = as_(user(world, "administrator"))
    answer = client.post(reverse("school:approve_act", args=[world.own.school.pk, act.pk]), follow=True)
    assert "Вы предложили это сами" in answer.content.decode()
    cancelled = client.post(reverse("school:cancel_act", args=[world.own.school.pk, act.pk]), follow=True)
    assert "Отменено: " in cancelled.content.decode()


def test_administrators_and_the_director_see_it_on_their_main_pages(world: World, as_: As):
    propose(world)
    school = reverse("school:home", args=[world.own.school.pk])
    StaffPosition.objects.filter(kind="director").update(starts_on=f.today() - dt.timedelta(days=5))
    Person.objects.filter(pk=world.people["director"].pk).update(joined_at=timezone.now() - dt.timedelta(days=5))
    for role in ("additional_administrator", "director"):
        assert "Ждёт второго администратора" in as_(user(world, role)).get(school).content.decode()
        assert "действие ждёт второго администратора" in as_(user(world, role)).get("/").content.decode()
    for role, url in [("homeroom", "/"), ("deputy", school), ("deputy", "/")]:
        assert "ждёт второго администратора" not in as_(user(world, role)).get(url).content.decode().lower()


def test_an_empty_page_says_what_comes_here(world: World, as_: As):
    url = reverse("school:acts", args=[world.own.school.pk])
    page = as_(user(world, "administrator")).get(url).content.decode()
    assert "Здесь вы подтверждаете или отменяете" in page


def test_the_page_costs_the_same_for_one_and_for_many(world: World, as_: As):
    client, url = as_(user(world, "additional_administrator")), reverse("school:acts", args=[world.own.school.pk])

    def cost() -> int:
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    cancel_act(by=user(world, "administrator"), act=propose(world))
    propose(world, world.own.homeroom)
    few = cost()
    for _ in range(12):
        act = propose(world, f.make_staff(world.own.school))
        if act.pk % 2:
            approve_act(by=user(world, "additional_administrator"), act=act)
    assert cost() == few
    assert few <= 10


def test_the_api_lists_approves_and_cancels(world: World, as_: As):
    act, other = propose(world), propose(world, world.own.class_teacher)
    client = as_(user(world, "additional_administrator"))
    rows = client.get(f"/api/v1/schools/{world.own.school.pk}/acts/").json()["results"]
    assert [(row["id"], row["state"]) for row in rows] == [(other.pk, "waiting"), (act.pk, "waiting")]
    assert client.post(f"/api/v1/acts/{act.pk}/approve/", {}, **API).json()["state"] == "approved"
    assert client.post(f"/api/v1/acts/{other.pk}/cancel/", {}, **API).json()["state"] == "cancelled"
    again = client.post(f"/api/v1/acts/{act.pk}/approve/", {}, **API)
    assert (again.status_code, again.json()["code"]) == (409, "not_waiting")


def test_the_rights_of_this_are_repaired_in_a_school_that_was_before(world: World, capsys: Any):
    """A school from before the update gets the rows of the new right from the nightly check's own command."""
    SchoolGroupPermission.objects.filter(permission__codename="approve_acts").delete()
    assert check_rights(world.own.school)
    call_command("check_rights", "--fix")
    assert not check_rights(world.own.school)
    assert user(world, "additional_administrator").has_perm("school.approve_acts", world.own.school)
