"""Forms of classes, subjects and study groups."""

import datetime as dt
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .fields import DayField


class ClassesForm(forms.Form):
    names = forms.CharField(
        label=_("Classes"),
        max_length=4000,
        help_text=_(
            "Separated by commas, spaces or new lines: 1А 1Б 1В, 10 Физмат. Those that exist stay as they are."
        ),
        widget=forms.Textarea({"rows": 8, "placeholder": "1А, 1Б, 1В\n2А, 2Б"}),
    )


class SubjectsForm(forms.Form):
    names = forms.CharField(
        label=_("New subjects"),
        max_length=4000,
        help_text=_("One on a line."),
        widget=forms.Textarea({"rows": 4}),
    )

    def clean_names(self) -> list[str]:
        names = [" ".join(name.split()) for name in re.split(r"[\n;,]+", self.cleaned_data["names"])]
        if too_long := [name for name in names if len(name) > 100]:
            raise ValidationError(_("Too long for a subject: “%(name)s…”"), params={"name": too_long[0][:30]})
        return [name for name in names if name]


class ClassForm(forms.Form):
    """The name of one class."""

    parallel = forms.IntegerField(label=_("Parallel"), min_value=1, max_value=12)
    letter = forms.CharField(label=_("Letter"), max_length=15, help_text=_("А, Б … or a word of up to 15 characters."))


class DayOfListForm(forms.Form):
    """On which day one wants to see the list of a class."""

    on = DayField(label=_("List on a day"))

    def clean_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise ValidationError(_("Nobody knows yet who will be in the class on that day."))
        return day
