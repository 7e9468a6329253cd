"""One visitor's list of troubles, and a school in which everything is wrong."""

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import User
from invites.models import JoinRequest
from invites.services import issuing
from school.models import Homeroom, Person, School, SchoolClass, StaffPosition, Teaching
from school.queries import facts_without_order
from school.services import orders
from stats.attention import Trouble, troubles, view_of
from tests import factories as make


def lines(user: User, school: School) -> dict[str, Trouble]:
    """By code; empty for who answers for nothing here."""
    view = view_of(make.fresh(user), school)
    return {line.code: line for line in troubles(view)} if view else {}


def days_ago(days: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def birthday(age: int, *, days: int) -> dt.date:
    """The birth date of somebody who turns this old so many days from today."""
    day = timezone.localdate() + dt.timedelta(days=days)
    return day.replace(year=day.year - age, day=min(day.day, 28) if day.month == 2 else day.day)


def name_orders(school: School) -> None:
    """Every post and homeroom that was given without an order gets one."""
    for line in facts_without_order(school):
        orders.name_order(
            by=make.administrator_of(school), fact=line.fact, order_number="1-к", order_date=days_ago(30).date()
        )


def ask_to_join(school: School, school_class: SchoolClass | None, *, days: int = 0) -> JoinRequest:
    role = "parent" if school_class else "teacher"
    admin = make.administrator_of(school)
    invite = issuing.create_invite(by=admin, school=school, role=role, school_class=school_class)
    names: dict[str, Any] = {"last_name": "Гость", "first_name": "Пётр"}
    request = JoinRequest.objects.create(
        school=school, school_class=school_class, role=role, invite=invite, user=make.make_user(), **names
    )
    JoinRequest.objects.filter(pk=request.pk).update(created_at=days_ago(days))
    return request


def leave_with_a_class(school_class: SchoolClass) -> Person:
    """A homeroom teacher who teaches a subject there and is dismissed behind the back of the services."""
    person = make.make_homeroom(school_class)
    make.make_teaching(school_class, "История", person=person)
    StaffPosition.objects.filter(person=person).update(ends_on=timezone.localdate())
    assert Homeroom.objects.active().filter(person=person).exists()
    assert Teaching.objects.active().filter(person=person).exists()
    return person
