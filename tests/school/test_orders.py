"""«Права без приказа»: what was given without an order gets its number and date, once."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from school import orders
from school.errors import Refusal
from school.forms.people import MoveForm
from school.models import Event, EventKind, Homeroom, StaffPosition
from school.orders import Order
from school.queries import facts_without_order
from school.rights import RightDenied
from school.services import staff
from school.services.orders import name_order
from tests import factories as f
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[User], Client]
ORDER: Any = {"order_number": "12", "order_date": dt.date(2025, 9, 1)}


def post(world: World, role: str, kind: str) -> StaffPosition:
    return world.people[role].positions.active().get(kind=kind)


def code_of(act: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.code


def test_posts_of_the_administration_and_homerooms_are_listed_others_are_not(world: World):
    lines = facts_without_order(world.own.school)
    given = {(line.what, line.fact.person_id) for line in lines}
    leads = {("homeroom", place.homeroom.pk) for place in (world.own, world.other_class)}
    named = {("position", world.people[role].pk) for role in ("administrator", "director", "deputy")}
    assert given == leads | named  # the additional administrator was appointed by an order; a teacher needs none


def test_an_order_is_named_once_and_logged(world: World):
    admin, fact = f.administrator_of(world.own.school), world.own.homeroom.homerooms.active().get()
    name_order(by=admin, fact=fact, **ORDER)
    assert (fact.order_number, fact.order_date) == ("12", ORDER["order_date"])
    event = Event.objects.get(kind=EventKind.ORDER_NAMED)
    assert (event.person_id, event.new["order_number"], event.new["what"]) == (world.own.homeroom.pk, "12", "7Б")
    again = Homeroom.objects.get(pk=fact.pk)
    assert code_of(lambda: name_order(by=admin, fact=again, order_number="13", order_date=dt.date.today())) == (
        "order_named"
    )
    assert Homeroom.objects.get(pk=fact.pk).order_number == "12"


def test_an_appointment_gets_its_order_from_those_who_appoint(world: World):
    second = f.user_of(world.people["additional_administrator"])
    director = post(world, "director", "director")
    for fact in (director, post(world, "administrator", "administrator")):
        with pytest.raises(RightDenied):
            name_order(by=second, fact=fact, **ORDER)
    name_order(by=second, fact=post(world, "deputy", "deputy"), **ORDER)
    name_order(by=f.user_of(world.people["director"]), fact=director, **ORDER)
    with pytest.raises(RightDenied):
        name_order(by=f.user_of(world.own.homeroom), fact=world.own.homeroom.homerooms.get(), **ORDER)


def test_what_needs_no_order_has_ended_or_is_not_named_is_refused(world: World):
    admin = f.administrator_of(world.own.school)
    teacher = world.own.class_teacher.positions.active().get()
    assert code_of(lambda: name_order(by=admin, fact=teacher, **ORDER)) == "no_order_needed"
    deputy = post(world, "deputy", "deputy")
    assert code_of(lambda: name_order(by=admin, fact=deputy, order_number=" ", order_date=None)) == "order_needed"
    staff.end_position(by=admin, position=StaffPosition.objects.get(pk=deputy.pk))
    assert code_of(lambda: name_order(by=admin, fact=deputy, **ORDER)) == "order_named"


def test_the_page_names_it_and_costs_the_same_for_many(world: World, as_: As):
    school = world.own.school
    client, url = as_(f.administrator_of(school)), reverse("school:rights_without_order", args=[school.pk])

    def cost() -> int:
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    few = cost()
    for number in range(30):
        f.make_homeroom(f.make_class(school, f"{number % 11 + 1}Щ{number}"))
    assert cost() == few
    assert few <= 10
    fact = world.own.homeroom.homerooms.active().get()
    name = reverse("school:name_order", args=[school.pk, "homeroom", fact.pk])
    assert client.post(name, {"order_number": "12"}).context["form"].errors["order_date"]
    assert client.post(name, {"order_number": "12", "order_date": "2025-09-01"}).headers["Location"] == url
    assert client.get(reverse("school:name_order", args=[school.pk, "teaching", fact.pk])).status_code == 404


def test_a_form_without_keepers_of_orders_has_two_plain_fields(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(orders, "_providers", [])
    form = MoveForm(school=world.own.school, orders=orders.known_orders(world.own.school))
    assert list(form.fields) == ["to_class", "order_number", "order_date"]


def test_a_chosen_order_wins_over_what_is_typed(world: World):
    known = Order("5-О", dt.date(2025, 9, 3), "О переводе")
    data = {
        "to_class": world.other_class.school_class.pk,
        "known_order": known.key,
        "order_number": "6",
        "order_date": "",
    }
    form = MoveForm(data, school=world.own.school, orders=[known])
    assert form.is_valid()
    assert form.order == {"order_number": "5-О", "order_date": dt.date(2025, 9, 3)}
    assert data["order_number"] == "6"  # what was sent is left alone
    unknown = MoveForm({**data, "known_order": "2025-09-03 9-О"}, school=world.own.school, orders=[known])
    assert "known_order" in unknown.errors
