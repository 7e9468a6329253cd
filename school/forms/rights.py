"""Temporary rights: to whom, which, where, until when, why."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import Person, School, SchoolClass, StaffPosition
from ..regulation import RIGHTS
from ..rights import Scope
from .fields import DayField


class GrantForm(forms.Form):
    person = forms.ModelChoiceField(
        label=_("To whom"), queryset=Person.objects.none(), help_text=_("One of the staff who has joined.")
    )
    codename = forms.ChoiceField(label=_("Which right"))
    scope = forms.ChoiceField(label=_("Where"))
    until = DayField(label=_("Until the end of the day"), help_text=_("At most 180 days from now."))
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("For example: stands in for the homeroom teacher who is ill.")
    )

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        self.classes = {str(c.pk): c for c in SchoolClass.objects.taught().filter(school=school)}
        staff = StaffPosition.objects.active().filter(school=school, person__user__isnull=False)
        fields: Any = self.fields
        fields["person"].queryset = Person.objects.present().filter(pk__in=staff.values("person_id"))
        by_clause = sorted((right for right in RIGHTS.values() if not right.fixed), key=lambda right: right.clause)
        fields["codename"].choices = [(right.codename, f"{right.clause} · {right.label}") for right in by_clause]
        fields["scope"].choices = [("", _("The whole school")), *((pk, str(c)) for pk, c in self.classes.items())]
        fields["scope"].required = False

    @property
    def grant(self) -> dict[str, Any]:
        """What `services.rights.grant_temporary` takes."""
        data = self.cleaned_data
        scope: Scope = self.classes.get(data["scope"], self.school)
        end = timezone.make_aware(dt.datetime.combine(data["until"], dt.time(23, 59, 59)))
        names = ("person", "codename", "reason")
        return {**{name: data[name] for name in names}, "scope": scope, "until": end}
