"""Names of people as they are written into a form."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 200
ALLOWED = "-'’ʼ`.(), "


def clean_name(text: str) -> str:
    """One line without stray spaces. Letters of any script, hyphen, apostrophe and dot; anything else raises
    ValidationError (emoji, digits, mark-up)."""
    name = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
    if not any(char.isalpha() for char in name):
        raise ValidationError(_("Write the name."), code="no_name")
    if len(name) > MAX_LENGTH:
        raise ValidationError(_("The name is too long."), code="long_name")
    if any(not (char.isalpha() or char in ALLOWED or unicodedata.category(char) == "Mn") for char in name):
        message = _("A name is written with letters; a hyphen, an apostrophe and a space will do too.")
        raise ValidationError(message, code="bad_name")
    return name
