"""Phone numbers: whatever people type becomes one E.164 string."""

import re
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DEFAULT_REGION = "RU"
INVALID = _("This does not look like a phone number. Example: +7 916 123-45-67")


def normalize_phone(text: str) -> str:
    """«8 (916) 123-45-67», «9161234567» or «+7…» -> «+79161234567»; anything else raises ValidationError."""
    text = text.strip()
    candidates = [text]
    digits = re.sub(r"\D", "", text)
    if len(digits) == 11 and digits.startswith(("7", "8")):
        # «+8 916 …» and a bare «7916…» are how people write a Russian number.
        candidates.append(f"+7{digits[1:]}")
    for candidate in candidates:
        try:
            number = phonenumbers.parse(candidate, DEFAULT_REGION)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise ValidationError(INVALID, code="invalid_phone")


def display_phone(phone: str) -> str:
    """«+79161234567» -> «+7 916 123-45-67»; what is not a number comes back as it is."""
    try:
        number = phonenumbers.parse(phone, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


class PhoneField(forms.CharField):
    """A form field whose cleaned value is E.164."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "tel", "autocomplete": "tel", "inputmode": "tel", "placeholder": "+7 916 123-45-67"}
        kwargs.setdefault("label", _("Phone"))
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return normalize_phone(text) if text else ""
