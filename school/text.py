"""How names are compared: ё and е, upper and lower case, Latin look-alikes, all apostrophes and hyphens are the same."""

import re
import unicodedata

_LATIN = "ABCEHKMOPTXYaceopxyk"
_CYRILLIC = "АВСЕНКМОРТХУасеорхук"
_LOOK_ALIKES = str.maketrans(_LATIN + "ёЁ’‘ʼ`‐‑–—", _CYRILLIC + "еЕ" + 4 * "'" + 4 * "-")
_KEYS = str.maketrans("qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюё")
_QUOTES = re.compile(r"[\s\"'«»„“”‘’`-]+")


def fold(text: str) -> str:
    """The form in which two spellings of one name are equal: «Ёлкин  Пётр» and «елкин петр»."""
    return " ".join(text.translate(_LOOK_ALIKES).lower().replace("ё", "е").split())


def other_layout(text: str) -> str:
    """What was meant by «bdfyjd» typed with the keyboard in the wrong layout: «иванов»."""
    return text.lower().translate(_KEYS)


def is_name(text: str) -> bool:
    """Letters, digits, apostrophes, hyphens, dots: no pictures, no mark-up, nothing invisible."""
    return not any(unicodedata.category(char)[0] == "C" or unicodedata.category(char) in ("So", "Sm") for char in text)


def fold_letter(letter: str) -> str:
    """The form in which two spellings of a class letter are equal: «А», «"А"», Latin «A», «а»."""
    return _QUOTES.sub("", letter).translate(_LOOK_ALIKES).upper()
