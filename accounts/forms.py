"""Forms of signing in and of the profile."""

from typing import Any

from allauth.account.forms import LoginForm, VerifyPhoneForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.logins import normalize_login
from accounts.names import MAX_LENGTH, clean_name
from accounts.phones import PhoneField, normalize_phone
from accounts.services import forget_unproved_phone


class PhoneCodeForm(forms.Form):
    """The one form for everybody: a phone, and the code goes to it."""

    phone = PhoneField()


class SignInForm(LoginForm):
    """Phone, e-mail or sign-in name, with a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["login"]
        field.label = _("Phone, e-mail or sign-in name")
        field.max_length = 254
        field.widget.attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        self.fields["password"].widget.attrs.pop("placeholder", None)

    def clean_login(self) -> str:
        """One spelling for each login, or limits on guesses could be walked round by writing the phone otherwise."""
        text: str = super().clean_login()
        if "@" in text:
            return text.lower()
        try:
            return normalize_phone(text)
        except ValidationError:
            return normalize_login(text)


class ProvePhoneForm(VerifyPhoneForm):
    """The code sent to a new number. Right, it frees the number from a login that never proved it."""

    def clean_code(self) -> str:
        super(VerifyPhoneForm, self).clean_code()
        forget_unproved_phone(self.phone, but=self.user)
        code: str = super().clean_code()
        return code


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=MAX_LENGTH, widget=forms.TextInput({"autocomplete": "name"}))

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])
