"""The school's information."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import School


class SchoolForm(forms.Form):
    """What `services.schools.update_school` may change."""

    name = forms.CharField(label=_("Full name"), max_length=300)
    short_name = forms.CharField(label=_("Short name"), max_length=80, help_text=_("As everybody sees it in the menu."))
    city = forms.CharField(label=_("City"), max_length=100)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    phone = forms.CharField(
        label=_("School's phone"), max_length=40, required=False, widget=forms.TextInput({"type": "tel"})
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    site = forms.URLField(label=_("Site"), required=False, assume_scheme="https")
    diary_url = forms.URLField(label=_("Electronic diary"), required=False, assume_scheme="https")
    platform_name = forms.CharField(label=_("Platform"), max_length=60)
    messenger_name = forms.CharField(label=_("Messenger"), max_length=60)
    support_email = forms.EmailField(label=_("Support e-mail"))
    requires_verification = forms.BooleanField(
        label=_("The status «учитель» is to be confirmed"),
        required=False,
        help_text=_("Until then a teacher who has joined waits and has no rights of a teacher."),
    )
    unclaimed_days = forms.IntegerField(
        label=_("Days until an unclaimed invite is annulled"), min_value=1, max_value=365
    )
    requires_second_factor = forms.BooleanField(label=_("The staff must have a second factor"), required=False)

    @classmethod
    def values_of(cls, school: School) -> dict[str, Any]:
        return {name: getattr(school, name) for name in cls.base_fields}
