"""Fields that several forms share: days, orders, one person out of many."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..models import Person
from ..orders import Order
from ..queries import roles_in_words

_NUMBER = re.compile(r"№\s*(\d{1,18})\s*$")
SUGGESTED = 8


class DayField(forms.DateField):
    """A day, with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)


class OrderForm(forms.Form):
    """The order (приказ) behind an act, where there is one.

    `orders` are those that the school keeps: a chosen one fills both fields, whatever they said. `order_needed`: the act
    is not done without an order.
    """

    order_needed = False
    order_number = forms.CharField(label=_("Number of the order"), max_length=40, required=False)
    order_date = DayField(label=_("Date of the order"), required=False)

    def __init__(self, data: Any = None, *args: Any, orders: Iterable[Order] = (), **kwargs: Any) -> None:
        known = {order.key: order for order in orders}
        super().__init__(_with_order(data, known), *args, **kwargs)
        self.fields["order_number"].required = self.fields["order_date"].required = self.order_needed
        if known:
            choices = [("", _("another one, named below")), *((key, str(order)) for key, order in known.items())]
            self.fields["known_order"] = forms.ChoiceField(
                label=_("Order of the school"), choices=choices, required=False
            )
            names = [name for name in self.fields if name != "known_order"]
            names.insert(names.index("order_number"), "known_order")
            self.order_fields(names)
            self.use_required_attribute = False  # the browser would ask for what the chosen order says

    @property
    def order(self) -> dict[str, Any]:
        """What the services take; the date is meaningless without a number."""
        return {name: self.cleaned_data[name] for name in ("order_number", "order_date")}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned.pop("known_order", None)
        if cleaned.get("order_date") and not cleaned.get("order_number"):
            self.add_error("order_number", _("The order has a date but no number."))
        return cleaned


def _with_order(data: Any, known: dict[str, Order]) -> Any:
    """What was sent, with the number and the date of the order that was chosen."""
    chosen = known.get(data.get("known_order") or "") if data else None
    if chosen is None:
        return data
    filled = data.copy()
    filled["order_number"], filled["order_date"] = chosen.number, chosen.date.isoformat()
    return filled


def suggestions(people: QuerySet[Person], text: str, asked_by: User | None = None) -> list[str]:
    """«Иванов Иван · ученик, 7Б · № 12» for the people whom the text may mean; a phone too, if one says who asks."""
    found = list(people.search(text, asked_by=asked_by)[:SUGGESTED])  # type: ignore[attr-defined]
    roles = roles_in_words(found)
    return [" · ".join([person.full_name, *roles[person.pk][:1], f"№ {person.pk}"]) for person in found]


class PersonInput(forms.TextInput):
    """A name with suggestions from `url` while one types; works as a plain field without scripts."""

    template_name = "school/widgets/person.html"
    url = ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"] |= {"url": self.url, "list": f"{context['widget']['attrs'].get('id', name)}_list"}
        return context


class PersonField(forms.CharField):
    """One person out of `people`, by name; «№ 12» at the end tells namesakes apart."""

    widget = PersonInput
    people: QuerySet[Person] = Person.objects.none()

    def offer(self, people: QuerySet[Person], url: str) -> None:
        self.people, self.widget.url = people, url

    def clean(self, value: Any) -> Person | None:
        text = super().clean(value)
        if not text:
            return None
        if numbered := _NUMBER.search(text):
            if person := self.people.filter(pk=int(numbered.group(1))).first():
                return person
            raise ValidationError(_("There is nobody with this number here."), code="nobody")
        found = list(self.people.search(text)[:2])  # type: ignore[attr-defined]
        if not found:
            raise ValidationError(_("Nobody of this name is found."), code="nobody")
        if len(found) > 1:
            choices = "; ".join(suggestions(self.people, text))
            raise ValidationError(
                _("There are several: %(people)s. Write the number too."), params={"people": choices}, code="several"
            )
        return found[0]
