"""The school's orders (приказы) that a form lets one choose from; the school does not know who keeps them.

The app that keeps the documents calls `register` in its `AppConfig.ready`. Without one the forms have two plain fields.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from .models import School


@dataclass(frozen=True)
class Order:
    """An order as the forms name it."""

    number: str
    date: dt.date
    title: str

    @property
    def key(self) -> str:
        """What a form sends back; an order is known by its date and number."""
        return f"{self.date.isoformat()} {self.number}"

    def __str__(self) -> str:
        date = self.date.strftime("%d.%m.%Y")
        return _("№ %(number)s of %(date)s · %(title)s") % {"number": self.number, "date": date, "title": self.title}


Provider = Callable[["School"], Iterable[Order]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Add a keeper of orders: called with the school, gives those in force, the latest first. One query, please."""
    if provider not in _providers:
        _providers.append(provider)


def known_orders(school: "School") -> list[Order]:
    """The approved orders of the school, for `OrderForm(orders=…)`."""
    return [order for provider in _providers for order in provider(school)]
