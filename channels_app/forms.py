from django import forms
from django.utils.translation import gettext_lazy as _

from .services import LONGEST_TEXT


class PostForm(forms.Form):
    """What the school says: plain text, links become links."""

    text = forms.CharField(
        label=_("Text of the post"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 4}),
    )
