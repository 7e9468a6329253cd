"""Forms of the movement: one document for many people, the filter of the journal."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Movement, Person, School, SchoolClass
from ..services.movements import COMING, KINDS, MOVING, Document, Kind
from .fields import DayField, OrderForm
from .staff import EMPLOYED

_PLACE = {
    **dict.fromkeys(COMING, (_("From where"), _("For example: school № 5, Vladikavkaz."))),
    **dict.fromkeys((Kind.LEFT, Kind.GRADUATED), (_("To where"), _("For example: school № 5, Vladikavkaz."))),
    Kind.DISMISSED: (_("Reason"), _("As in the order.")),
}
_NEWCOMER = ("last_name", "first_name", "patronymic", "birth_date")


class MovementForm(OrderForm):
    """One kind of movement. `people` are those who may be chosen; without them a newcomer's names may be given."""

    people = forms.ModelMultipleChoiceField(
        label=_("Who"), queryset=Person.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    patronymic = forms.CharField(label=_("Patronymic"), max_length=100, required=False)
    birth_date = DayField(label=_("Date of birth"), required=False)
    position = forms.ChoiceField(label=_("Position"), choices=EMPLOYED)
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    to_class = forms.ModelChoiceField(label=_("To which class"), queryset=SchoolClass.objects.none())
    happened_on = DayField(label=_("Date of the movement"), initial=timezone.localdate)
    place = forms.CharField(max_length=200, required=False)

    field_order = [
        *("people", *_NEWCOMER, "position", "title", "to_class", "happened_on", "order_number", "order_date", "place"),
    ]

    def __init__(
        self,
        *args: Any,
        school: School,
        kind: Kind,
        people: QuerySet[Person],
        without: SchoolClass | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        fields: dict[str, Any] = self.fields
        fields["people"].queryset = people
        classes = SchoolClass.objects.taught().filter(school=school)
        fields["to_class"].queryset = classes.exclude(pk=without.pk) if without else classes
        self._leave_out()
        if kind in _PLACE:
            fields["place"].label, fields["place"].help_text = _PLACE[kind]

    def _leave_out(self) -> None:
        """The fields that the kind does not need."""
        needless = set() if self.takes_newcomers else set(_NEWCOMER)
        needless |= {"birth_date"} if self.kind == Kind.HIRED else set()
        needless |= set() if self.kind == Kind.HIRED else {"position", "title"}
        needless |= set() if self.kind in (*COMING, *MOVING) else {"to_class"}
        needless |= set() if self.kind in _PLACE else {"place"}
        for name in needless & self.fields.keys():
            del self.fields[name]

    @property
    def takes_newcomers(self) -> bool:
        return self.kind in (*COMING, Kind.HIRED)

    @property
    def newcomer_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in _NEWCOMER if name in self.fields]

    @property
    def document_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in ("people", *_NEWCOMER)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        names = [cleaned.get("last_name"), cleaned.get("first_name")]
        if any(names) and not all(names):
            self.add_error("first_name" if names[0] else "last_name", _("Write the last and the first name."))
        elif not self.errors and not any(names) and not cleaned["people"]:
            text = _("Choose at least one person, or write the names of a new one.")
            self.add_error("people", text if self.takes_newcomers else _("Choose at least one person."))
        return cleaned

    @property
    def document(self) -> Document:
        """What the services take, after `is_valid`."""
        data = self.cleaned_data
        given = {name: data[name] for name in _NEWCOMER if name in data}
        rest = {name: data[name] for name in ("to_class", "place", "position", "title") if data.get(name)}
        newcomers = (given,) if given.get("last_name") else ()
        return Document(self.kind, happened_on=data["happened_on"], order=self.order, newcomers=newcomers, **rest)


class MovementFilter(forms.Form):
    """What of the journal is to be seen: an unknown value counts as none."""

    kind = forms.ChoiceField(label=_("Movement"), required=False)
    school_class = forms.ChoiceField(label=_("Class"), required=False)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes = SchoolClass.objects.filter(school=school, kind=SchoolClass.Kind.CLASS).select_related("year")
        names = [(c.pk, f"{c} ({c.year})" if c.archived_at else str(c)) for c in classes.order_by("-year", "parallel")]
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [("", _("Any")), *((k.value, k.label) for k in (*KINDS, Kind.PROMOTED))]
        fields["school_class"].choices = [("", _("All")), *names]
        self.is_valid()

    def movements(self, rows: QuerySet[Movement]) -> QuerySet[Movement]:
        """The lines that the filter leaves."""
        data = self.cleaned_data
        if kind := data.get("kind"):
            rows = rows.filter(kind=kind)
        if chosen := data.get("school_class"):
            rows = rows.filter(from_class=chosen) | rows.filter(to_class=chosen)
        if since := data.get("since"):
            rows = rows.filter(happened_on__gte=since)
        if until := data.get("until"):
            rows = rows.filter(happened_on__lte=until)
        return rows

    @property
    def period(self) -> tuple[dt.date | None, dt.date | None]:
        return self.cleaned_data.get("since"), self.cleaned_data.get("until")
