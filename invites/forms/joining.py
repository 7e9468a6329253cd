"""Forms of the join page."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.phones import PhoneField
from school.models import Guardianship, Person

from ..answers import Answers, fields_for
from ..models import Invite, InviteRole


class JoinForm(forms.Form):
    """The third step: who you are, and for a parent whose. Only the fields that the invite asks for are kept."""

    last_name = forms.CharField(
        label=_("Last name"), max_length=100, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    first_name = forms.CharField(
        label=_("First name"), max_length=100, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    patronymic = forms.CharField(
        label=_("Patronymic"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "additional-name"}),
    )
    birth_date = forms.DateField(
        label=_("Date of birth"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    kind = forms.ChoiceField(
        label=_("You are the child's"), choices=Guardianship.Kind.choices, widget=forms.RadioSelect
    )
    child_last_name = forms.CharField(
        label=_("Child's last name"), max_length=100, widget=forms.TextInput({"autocomplete": "off"})
    )
    child_first_name = forms.CharField(
        label=_("Child's first name"), max_length=100, widget=forms.TextInput({"autocomplete": "off"})
    )
    title = forms.CharField(
        label=_("Your post"), max_length=120, required=False, help_text=_("For example: a teacher of physics")
    )

    def __init__(
        self, *args: Any, invite: Invite, own: Person | None = None, inside: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        wanted = fields_for(invite, own, inside=inside)
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        if "birth_date" in self.fields:
            self.fields["birth_date"].widget.attrs["max"] = timezone.localdate().isoformat()
        if invite.role == InviteRole.PARENT:
            self._name_the_parent()

    def _name_the_parent(self) -> None:
        """Parents write the child's name in the first fields they see: say whose name is meant."""
        labels = {
            "last_name": _("Your last name"),
            "first_name": _("Your first name"),
            "patronymic": _("Your patronymic"),
        }
        for name, label in labels.items():
            if name in self.fields:
                self.fields[name].label = label

    @property
    def answers(self) -> Answers:
        return Answers(**self.cleaned_data)


class CodeForm(forms.Form):
    """The short code of a slip, typed by hand in any case and layout of the keyboard."""

    code = forms.CharField(
        label=_("Code from the slip"),
        max_length=40,
        help_text=_("Twelve characters. Capital or small letters, Russian or Latin: it makes no difference."),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "autocorrect": "off", "spellcheck": "false"}
        ),
    )


class PhoneForm(forms.Form):
    """The second step."""

    phone = PhoneField(label=_("Your phone"))


class LoginForm(forms.Form):
    """A pupil without a phone thinks of a sign-in name and a password."""

    login = forms.CharField(
        label=_("Sign-in name"),
        max_length=40,
        help_text=_("Small Latin letters, digits from 2 to 9 and dots. Write it down: you will sign in with it."),
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        help_text=_("At least 8 characters, not only digits. Three words are easier to remember than one hard one."),
        widget=forms.TextInput({"autocomplete": "new-password", "autocapitalize": "none", "spellcheck": "false"}),
    )
