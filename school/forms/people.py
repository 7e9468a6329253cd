"""Forms about people: the record, the class, the parents, leaving."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.phones import PhoneField

from ..models import Guardianship, Person, School, SchoolClass
from .fields import DayField, OrderForm, PersonField


class NamesForm(forms.Form):
    last_name = forms.CharField(label=_("Last name"), max_length=100)
    first_name = forms.CharField(label=_("First name"), max_length=100)
    patronymic = forms.CharField(label=_("Patronymic"), max_length=100, required=False)


class PersonForm(NamesForm):
    """The record that the school keeps."""

    birth_date = DayField(label=_("Date of birth"), required=False)
    phone = PhoneField(label=_("Mobile phone"), required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    file_number = forms.CharField(label=_("Personal file number"), max_length=40, required=False)

    @classmethod
    def values_of(cls, person: Person) -> dict[str, Any]:
        return {name: getattr(person, name) for name in cls.base_fields}


class PupilForm(PersonForm, OrderForm):
    """A new pupil of a class, with the order of his enrolment if there is one."""

    field_order = list(PersonForm.base_fields)

    @property
    def person(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in PersonForm.base_fields}


class ParentForm(NamesForm):
    """A new parent of a pupil."""

    kind = forms.ChoiceField(label=_("Kinship"), choices=Guardianship.Kind.choices)
    phone = PhoneField(label=_("Mobile phone"), required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)


class KnownParentForm(forms.Form):
    """A parent who is in the school's lists already."""

    guardian = PersonField(label=_("Name"), help_text=_("Begin to write the name."))
    kind = forms.ChoiceField(label=_("Kinship"), choices=Guardianship.Kind.choices)


class MoveForm(OrderForm):
    """To which class a pupil goes."""

    field_order = ["to_class", "order_number", "order_date"]
    to_class = forms.ModelChoiceField(label=_("Class"), queryset=SchoolClass.objects.none())

    def __init__(self, *args: Any, school: School, without: SchoolClass | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes = SchoolClass.objects.taught().filter(school=school)
        field: Any = self.fields["to_class"]
        field.queryset = classes.exclude(pk=without.pk) if without else classes


class RemoveForm(OrderForm):
    """Why and by which order a person leaves."""

    field_order = ["reason", "order_number", "order_date"]
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("For example: moved to school № 5."))
