"""Rights without an order and acts that wait for a second administrator, as lines of «Сегодня»."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from school.models import PendingAct, Person, School, StaffPosition
from school.queries import facts_without_order
from school.services import acts, administrators, staff
from tests import factories as make
from tests.world import make_additional_administrator

from .troubles import lines, name_orders

pytestmark = pytest.mark.django_db
ORDER: Any = {"order_number": "12", "order_date": dt.date(2025, 9, 1)}


def propose(school: School) -> PendingAct:
    """The main administrator wants to appoint one more."""
    person = make.make_staff(school)
    act = administrators.appoint_administrator(by=make.administrator_of(school), person=person, **ORDER)
    assert act is not None
    return act


def settle(director: Person) -> User:
    """Made director and joined long enough ago to be a second pair of hands."""
    before = timezone.now() - dt.timedelta(days=5)
    StaffPosition.objects.filter(person=director).update(starts_on=before.date())
    Person.objects.filter(pk=director.pk).update(joined_at=before)
    return make.user_of(director)


def test_rights_without_an_order_lead_to_the_page_that_names_them(school: School) -> None:
    admin, deputy = make.administrator_of(school), make.make_staff(school, "deputy")
    make.make_staff(school, "director")
    homeroom = make.make_homeroom(make.make_class(school, "7Б"))
    line = lines(admin, school)["without_order"]
    assert line.count == len(facts_without_order(school)) == 4
    assert (line.text, line.button, line.is_mine) == ("права без приказа", "Указать приказы", True)
    assert line.url == reverse("school:rights_without_order", args=[school.pk])
    assert lines(make.user_of(deputy), school)["without_order"].count == 2  # those of the others are not his to name
    assert "without_order" not in lines(make.user_of(homeroom), school)
    staff.end_position(by=admin, position=deputy.positions.get())
    assert lines(admin, school)["without_order"].count == 3
    name_orders(school)
    assert "without_order" not in lines(admin, school)


def test_an_act_waits_for_those_who_may_approve_it(school: School) -> None:
    admin, deputy = make.administrator_of(school), make.make_staff(school, "deputy")
    second = make.user_of(make_additional_administrator(school))
    director = make.make_staff(school, "director")
    act = propose(school)
    line = lines(second, school)["second_administrator"]
    assert (line.count, line.text, line.waits) == (1, "действие ждёт второго администратора", "с сегодняшнего дня")
    assert (line.url, line.is_mine) == (reverse("school:acts", args=[school.pk]), True)
    assert "second_administrator" not in lines(admin, school)  # proposed by himself
    assert "second_administrator" not in lines(make.user_of(deputy), school)
    assert "second_administrator" not in lines(make.user_of(director), school)  # since today only
    assert lines(settle(director), school)["second_administrator"].count == 1
    acts.approve_act(by=second, act=act)
    assert "second_administrator" not in lines(second, school)
    again = propose(school)
    assert "second_administrator" in lines(second, school)
    acts.cancel_act(by=admin, act=again)
    assert "second_administrator" not in lines(second, school)


def test_those_of_another_school_do_not_count(school: School) -> None:
    second = make.user_of(make_additional_administrator(school))
    name_orders(school)
    other = make.make_school()
    make.make_staff(other, "deputy")
    propose(other)
    assert lines(second, school).keys().isdisjoint({"without_order", "second_administrator"})


def test_many_cost_what_three_cost(school: School) -> None:
    second = make.user_of(make_additional_administrator(school))

    def cost() -> int:
        fresh = make.fresh(second)
        with CaptureQueriesContext(connection) as queries:
            lines(fresh, school)
        return len(queries)

    for _ in range(3):
        propose(school)
    few = cost()
    for number in range(20):
        propose(school)
        make.make_homeroom(make.make_class(school, f"{number % 11 + 1}Щ{number}"))
    assert cost() == few
    assert few <= 4
    found = lines(second, school)
    assert (found["second_administrator"].count, found["without_order"].count) == (23, 20)
