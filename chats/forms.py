"""Forms of the chats' pages. What may be said and chosen is judged by the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from school.models import Person

from .kinds import ChatKind
from .models import Chat


class TitleForm(forms.Form):
    title = forms.CharField(label=_("Name of the chat"), max_length=120)
    purpose = forms.CharField(
        label=_("What the chat is for"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Members see it at the top of the list of members."),
    )


class SettingsForm(TitleForm):
    """The name of a chat that is there, and whose its history is."""

    newcomers_see = forms.ChoiceField(
        label=_("Newcomers see"),
        choices=Chat.NewcomersSee.choices,
        help_text=_(
            "The day is that of the class list. The school's staff see everything where they answer for pupils."
        ),
    )
    leavers_read = forms.ChoiceField(
        label=_("Those who have left read"),
        choices=Chat.LeaversRead.choices,
        help_text=_("Who is moved to another class or has left his position, while he is in the school."),
    )


class NewChatForm(TitleForm):
    """The title of an automatic kind is ready; a hand-picked one is named and its people are chosen."""

    people = forms.ModelMultipleChoiceField(
        label=_("Who will be in the chat"), queryset=Person.objects.none(), required=False, error_messages={}
    )

    def __init__(self, *args: Any, rule: ChatKind, choice: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if rule.is_hand_picked:
            field: Any = self.fields["people"]
            field.queryset = choice
        else:
            del self.fields["people"]


class PeopleForm(forms.Form):
    people = forms.ModelMultipleChoiceField(label=_("Whom to add"), queryset=Person.objects.none())

    def __init__(self, *args: Any, choice: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.queryset = choice
