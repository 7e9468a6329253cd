"""Forms of signing in and of the profile."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, VerifyPhoneForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
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


FROM_SMS, FROM_APP = _("Code from the SMS"), _("Code from the app")


def ask_for_digits(field: forms.Field, label: Any) -> None:
    """A code is typed on the digits' keyboard and offered by the phone out of the message."""
    field.label = label
    field.widget.attrs = {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "maxlength": "12",
        "autofocus": True,
    }


class CodeForm(ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_digits(self.fields["code"], FROM_SMS)


class ProvePhoneForm(VerifyPhoneForm):
    """The code sent to a new number. Right, it frees the number from a login that never proved it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_digits(self.fields["code"], FROM_SMS)

    def clean_code(self) -> str:
        super(VerifyPhoneForm, self).clean_code()
        forget_unproved_phone(self.phone, but=self.user)
        code: str = super().clean_code()
        return code


class SecondStepForm(AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_digits(self.fields["code"], FROM_APP)


class ProveAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_digits(self.fields["code"], FROM_APP)


class SetUpAppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_digits(self.fields["code"], FROM_APP)


class AddKeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
        passwordless = self.fields["passwordless"]
        passwordless.label = _("Sign in by this key alone")
        passwordless.help_text = _("Without a code from an SMS: a fingerprint or the screen lock is enough.")
        passwordless.initial = True


class RenameKeyForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=MAX_LENGTH, widget=forms.TextInput({"autocomplete": "name"}))

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])
