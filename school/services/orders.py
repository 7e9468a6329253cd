"""The order (приказ) behind a right that was given without one (2.1, 2.2)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..errors import Refusal
from ..eventlog import record
from ..models import EventKind, Homeroom, StaffPosition
from ..rights import require
from .roster import BY_APPOINTMENT, ORDERED_KINDS, lock_people

OrderedFact = StaffPosition | Homeroom


@transaction.atomic
def name_order(*, by: User, fact: OrderedFact, order_number: str, order_date: dt.date | None) -> None:
    """Say by which order a post or a class was given: once, because the log keeps what was said.

    The order of an administrator and of the director is named by those who may appoint them. Raises `Refusal` for a fact
    that has ended, that has its order, or that needs none, and without the number or the date.
    """
    school = fact.school
    require(by, "manage_documents", school)
    if isinstance(fact, StaffPosition) and fact.kind in BY_APPOINTMENT:
        require(by, "appoint_administrators", school)
    if isinstance(fact, StaffPosition) and fact.kind not in ORDERED_KINDS:
        raise Refusal(_("This post is given without an order."), code="no_order_needed")
    number = order_number.strip()
    if not (number and order_date):
        raise Refusal(_("Name the order: its number and date."), code="order_needed", field="order_number")
    lock_people(fact.person)
    model: Any = type(fact)
    unordered = model.objects.active().filter(pk=fact.pk, order_number="")
    if not unordered.update(order_number=number, order_date=order_date):
        raise Refusal(_("The order is named already, or this has ended."), code="order_named")
    fact.order_number, fact.order_date = number, order_date
    new = {"what": _what(fact), "order_number": number, "order_date": order_date}
    record(EventKind.ORDER_NAMED, by=by, school=school, subject=fact.person, new=new)


def _what(fact: OrderedFact) -> str:
    return fact.words if isinstance(fact, StaffPosition) else str(fact.school_class)
