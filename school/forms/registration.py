"""The request of a school to be let in, with the order that names its administrator (2.1)."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.phones import PhoneField

from ..uploads import check_scan, kind_of
from .fields import DayField
from .people import NamesForm


class RegistrationForm(NamesForm):
    field_order = ["school_name", "short_name", "city", "last_name", "first_name", "patronymic", "email", "phone"]

    school_name = forms.CharField(
        label=_("Full name of the school"), max_length=300, widget=forms.TextInput({"autocomplete": "organization"})
    )
    short_name = forms.CharField(label=_("Short name"), max_length=80, help_text=_("For example: School № 3."))
    city = forms.CharField(label=_("City"), max_length=100, widget=forms.TextInput({"autocomplete": "address-level2"}))
    email = forms.EmailField(label=_("Administrator's e-mail"), widget=forms.EmailInput({"autocomplete": "email"}))
    phone = PhoneField(
        label=_("Administrator's mobile phone"), help_text=_("The administrator will sign in by this number.")
    )
    order_number = forms.CharField(label=_("Number of the order"), max_length=40)
    order_date = DayField(label=_("Date of the order"))
    order_file = forms.FileField(
        label=_("The order that appoints the administrator"),
        help_text=_("A PDF or a photo, up to 10 MB."),
        widget=forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (
            ("last_name", _("Administrator's last name")),
            ("first_name", _("Administrator's first name")),
            ("patronymic", _("Administrator's patronymic")),
        ):
            self.fields[name].label = label

    def clean_order_file(self) -> UploadedFile:
        """Named by what it is: a picture called «приказ.pdf» is kept as a picture."""
        file: UploadedFile = self.cleaned_data["order_file"]
        check_scan(file)
        file.name = f"order.{kind_of(file)}"
        return file
