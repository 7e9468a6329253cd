import pytest
from django.core.exceptions import ValidationError

from accounts.phones import display_phone, normalize_phone


@pytest.mark.parametrize(
    "text",
    [
        "89161234567", "8 (916) 123-45-67", "+7 916 123-45-67", "+79161234567", "79161234567", "9161234567",
        "8-916-123-45-67", " 8 916 123 45 67 ", "+8 916 123 45 67", "8.916.123.45.67", "8\u00a0916\u00a0123‑45‑67",
    ],
)  # fmt: skip
def test_russian_spellings_are_one_number(text: str) -> None:
    assert normalize_phone(text) == "+79161234567"


@pytest.mark.parametrize(
    ("text", "phone"), [("+375 29 123-45-67", "+375291234567"), ("+84 912 345 678", "+84912345678")]
)
def test_a_foreign_number_keeps_its_country(text: str, phone: str) -> None:
    assert normalize_phone(text) == phone


@pytest.mark.parametrize("text", ["", "abc", "123", "8916123456", "+7916123456789", "mama@example.ru", "' OR 1=1"])
def test_what_is_not_a_phone_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        normalize_phone(text)


def test_a_phone_is_shown_as_people_write_it() -> None:
    assert display_phone("+79161234567") == "+7 916 123-45-67"
