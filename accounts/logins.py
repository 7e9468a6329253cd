"""Sign-in names for those who have no phone: read aloud, typed by a child, never mistaken for another.

Small Latin letters, the digits 2-9 and the dot; 0 and 1 do not occur, so that typing them for o and l still works.
"""

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh sch - y - e iu ia".replace("-", "").split(" "),
        strict=True,
    )
)
LOOK_ALIKES = str.maketrans("авеёкмнорстухі01", "abeekmhopctyxiol")
PATTERN = re.compile(r"[a-z][a-z2-9]*(\.[a-z2-9]+)*")
PASSWORD_CHARS = "abcdefghkmnpqrstuvwxyz23456789"  # noqa: S105


def normalize_login(text: str) -> str:
    """What was typed, as it is stored: Cyrillic letters that look like Latin ones, 0 and 1 are forgiven."""
    return text.strip().lower().translate(LOOK_ALIKES)


def check_login(text: str) -> str:
    """A sign-in name chosen by hand; raises ValidationError."""
    login = normalize_login(text)
    if not 3 <= len(login) <= 40 or not PATTERN.fullmatch(login):
        message = _("A sign-in name has 3 to 40 small Latin letters, digits from 2 to 9 and dots.")
        raise ValidationError(message, code="bad_login")
    return login


def login_candidates(name: str) -> Iterator[str]:
    """«Петров Иван Сергеевич» -> petrov.ivan, petrov.ivan2, … and, when these run out, random ones."""
    words = [re.sub(r"[^a-z]", "", _transliterate(word)) for word in name.lower().split()[:2]]
    base = ".".join(word for word in words if word)[:32].rstrip(".") or "user"
    yield base if len(base) >= 3 else f"{base}.user"
    for number in range(2, 100):
        if not set("01") & set(str(number)):
            yield f"{base}{number}"
    for _attempt in range(100):
        yield f"{base}{get_random_string(5, '23456789')}"


def make_password() -> str:
    """A password to hand over on paper: ten characters that cannot be taken one for another."""
    return get_random_string(10, PASSWORD_CHARS)


def _transliterate(word: str) -> str:
    return "".join(LATIN.get(char, char) for char in word)
