"""How names are compared: ё and е, upper and lower case, Latin look-alikes, all apostrophes and hyphens are the same.

And which numbers that people or programs send can be an id.
"""

import re
import unicodedata
from collections.abc import Iterable

_LATIN = "ABCEHKMOPTXYaceopxyk"
_CYRILLIC = "АВСЕНКМОРТХУасеорхук"
_ALIKE = str.maketrans(_LATIN, _CYRILLIC)
_LOOK_ALIKES = str.maketrans(_LATIN + "ёЁ’‘ʼ`‐‑–—", _CYRILLIC + "еЕ" + 4 * "'" + 4 * "-")
_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_CYRILLIC_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_KEYS = str.maketrans(_LATIN_KEYS + _CYRILLIC_KEYS, _CYRILLIC_KEYS + _LATIN_KEYS)
_LONGEST_ID = 18  # digits: every number of so many fits into a key of the database
_QUOTES = re.compile(r"[\s\"'«»„“”‘’`-]+")


def fold(text: str) -> str:
    """The form in which two spellings of one name are equal: «Ёлкин  Пётр» and «елкин петр»."""
    return " ".join(text.translate(_LOOK_ALIKES).lower().replace("ё", "е").split())


def other_layout(text: str) -> str:
    """What was meant by «bdfyjd» typed with the keyboard in the wrong layout: «иванов»; and by «удлшт»: «elkin»."""
    return text.lower().translate(_KEYS)


def to_cyrillic(text: str) -> str:
    """Latin letters that look like Cyrillic ones become those; ё stays."""
    return text.translate(_ALIKE)


def is_name(text: str) -> bool:
    """Letters, digits, apostrophes, hyphens, dots: no pictures, no mark-up, nothing invisible."""
    return not any(unicodedata.category(char)[0] == "C" or unicodedata.category(char) in ("So", "Sm") for char in text)


def fold_letter(letter: str) -> str:
    """The form in which two spellings of a class letter are equal: «А», «"А"», Latin «A», «а»."""
    return _QUOTES.sub("", letter).translate(_LOOK_ALIKES).upper()


def ids_in(texts: Iterable[str]) -> list[int]:
    """The ids among what an address or a form holds; whatever can be no id is left out, as an unknown one would be."""
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID]
