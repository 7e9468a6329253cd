"""How names are compared: ё and е, upper and lower case, Latin look-alikes of Cyrillic letters are the same."""

import re

_LATIN = "ABCEHKMOPTXYaceopxyk"
_CYRILLIC = "АВСЕНКМОРТХУасеорхук"
_LOOK_ALIKES = str.maketrans(_LATIN + "ёЁ", _CYRILLIC + "еЕ")
_QUOTES = re.compile(r"[\s\"'«»„“”‘’`-]+")


def fold(text: str) -> str:
    """The form in which two spellings of one name are equal: «Ёлкин  Пётр» and «елкин петр»."""
    return " ".join(text.translate(_LOOK_ALIKES).lower().replace("ё", "е").split())


def fold_letter(letter: str) -> str:
    """The form in which two spellings of a class letter are equal: «А», «"А"», Latin «A», «а»."""
    return _QUOTES.sub("", letter).translate(_LOOK_ALIKES).upper()
