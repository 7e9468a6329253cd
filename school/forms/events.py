"""What to look for in the event log."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Event, EventKind, Person, School
from .fields import DayField


class EventFilter(forms.Form):
    """By person, actor, kind and period; an unknown value counts as none."""

    q = forms.CharField(
        label=_("About whom or what"), max_length=100, required=False, widget=forms.TextInput({"type": "search"})
    )
    actor = forms.CharField(label=_("Who did it"), max_length=100, required=False)
    kind = forms.TypedChoiceField(
        label=_("What happened"),
        coerce=int,
        empty_value=None,
        choices=[("", _("Anything")), *EventKind.choices],
        required=False,
    )
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)
    person = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_valid()

    def events(self, everything: QuerySet[Event], school: School) -> QuerySet[Event]:
        data = self.cleaned_data
        rows = everything.filter(school=school)
        if text := data.get("q"):
            people = Person.objects.filter(school=school).search(text)
            rows = rows.filter(person_id__in=people.values("pk")) | rows.filter(subject_name__icontains=text)
        if text := data.get("actor"):
            actors = Person.objects.filter(school=school).search(text)
            rows = rows.filter(actor__in=actors.exclude(user=None).values("user"))
        conditions = {"kind": "kind", "person": "person_id"}
        rows = rows.filter(**{field: data[name] for name, field in conditions.items() if data.get(name)})
        if since := data.get("since"):
            rows = rows.filter(at__gte=_midnight(since))
        if until := data.get("until"):
            rows = rows.filter(at__lt=_midnight(until + dt.timedelta(days=1)))
        return rows.order_by("-at", "-pk")


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


class ExportForm(forms.Form):
    reason = forms.CharField(
        label=_("What is it for?"), max_length=300, help_text=_("It is written to the event log beside your name.")
    )
