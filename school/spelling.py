"""One name in many spellings: Cyrillic, the Latin of passports and of haste, the wrong keyboard layout.

Both sides are brought to a plain Latin alphabet: the name when it is saved (`search_words`), the word when it is looked
for (`readings`). What a letter becomes depends as little as possible on the letters after it, so that the beginning of a name
stays a beginning. The name keeps several spellings, the word has several readings: one in common is enough.
"""

import re
import unicodedata
from collections.abc import Iterator

from .text import other_layout, to_cyrillic

_SOUNDS = (
    dict(zip("абвгдезийклмнопрстуфыэъь", [*"abvgdeziiklmnoprstufie", "", ""], strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia"}
    | dict(zip("іїєґўәӕөүқң", "iieguaaoukn", strict=True))
)
_CYRILLIC = re.compile("[а-яёіїєґўәӕөүқң]")
_BETWEEN_WORDS = re.compile(r"[\s\u002d\u2010-\u2015]+")  # the spaces and every hyphen and dash
_APOSTROPHES = re.compile("['’‘ʼ`]")
_CARONS = str.maketrans({"š": "sh", "č": "ch", "ž": "zh", "ł": "l", "ß": "ss"})
# What Latin spellings of one sound come to; the order matters.
_LATIN = [
    (re.compile(pattern), sound)
    for pattern, sound in [
        ("tch|cz", "ch"),
        ("sch(?=[bdfgklmnprstvwz])", "sh"),  # Schmidt is Шмидт, Scherbakov is Щербаков
        ("(?<!s)sch|^sch", "shch"),
        ("ck", "k"),
        ("c(?=[eiy])", "ts"),
        ("c(?!h)", "k"),
        ("ph", "f"),
        ("(?<=[tg])h", ""),
        ("(?<![scz])h", "kh"),
        ("k+kh", "kh"),
        ("tz", "ts"),
        ("w", "v"),
        ("x", "ks"),
        ("q", "k"),
    ]
]
_SOFT = [(re.compile(p), sound) for p, sound in [("[yj][eo]", "e"), ("^i[eo]", "e")]]
_REPEATED = re.compile(r"(.)\1+")
LONGEST = 1000  # what an index takes with ease; no real name comes near
_LONGEST_WORD = 40
_SHORTEST_IN_LATIN_LAYOUT = 4  # «ан» is «fy» on the other layout: a short Cyrillic word means what it says


def search_words(name: str) -> str:
    """What is kept beside a name to find it: every word in each of its spellings, each after a space.

    «Ёлкин Пётр» → " elkin iolkin petr piotr"; a word with an apostrophe is there whole and in parts.
    """
    found: dict[str, None] = {}
    for word in words(name):
        parts = [word, *(_APOSTROPHES.split(word) if _APOSTROPHES.search(word) else [])]
        for part in parts:
            found.update(dict.fromkeys(_spellings(part)))
    return "".join(f" {spelling}" for spelling in found if spelling)[:LONGEST]


def readings(word: str) -> list[str]:
    """What a typed word may stand for: a name is meant whose spelling begins with one of these. May be empty.

    «Ёлкин», «Yolkin», «`krby», «Удлшт» → among others "elkin". At most five.
    """
    word = word.lower()
    meant = _meanings(word)
    if not _CYRILLIC.search(word) or len(word) >= _SHORTEST_IN_LATIN_LAYOUT:
        meant += _meanings(other_layout(word))
    plain = dict.fromkeys(filter(None, meant))
    return [one for one in plain if not any(one != other and one.startswith(other) for other in plain)]


def words(text: str) -> Iterator[str]:
    """The words of a name or of what was typed. Hyphens part them, other signs may be letters of the other layout."""
    return (word[:_LONGEST_WORD] for word in _BETWEEN_WORDS.split(unicodedata.normalize("NFC", text).lower()) if word)


def _spellings(word: str) -> list[str]:
    """A name as passports, standards and careless people write it in Latin."""
    if not _CYRILLIC.search(word):
        return _latin(word)
    word = to_cyrillic(word)
    plain = word.replace("ё", "е")
    careless = re.sub("(?<=[бвгдзклмнпрстфхцчшщ])ю", "у", plain.replace("дж", "й").replace("щ", "ш"))
    return [_from_cyrillic(plain), _from_cyrillic(_without_signs(careless)), _from_cyrillic(word.replace("ё", "ио"))]


def _meanings(word: str) -> list[str]:
    """The word in this layout; Latin letters that all look like Cyrillic ones are those too."""
    if _CYRILLIC.search(word):
        return [_from_cyrillic(to_cyrillic(word).replace("ё", "е"))]
    alike = to_cyrillic(word)
    found = [_from_cyrillic(alike)] if alike.isalpha() and not re.search("[a-z]", alike) else []
    return [*_latin(word), *found]


def _from_cyrillic(word: str) -> str:
    """Letter by letter; a soft or hard sign before a vowel is the «i» that one hears: Григорьев → grigoriev."""
    word = re.sub("[ьъ](?=[аеиоуыэюя])", "и", word)
    return _plain("".join(_SOUNDS.get(letter, letter) for letter in word))


def _without_signs(word: str) -> str:
    return word.replace("ь", "").replace("ъ", "")


def _latin(word: str) -> list[str]:
    """As it is written, and with «ye», «yo» heard as е, ё: Yelena is Елена, Pyotr is Пётр."""
    text = "".join(c for c in unicodedata.normalize("NFD", word.translate(_CARONS)) if not unicodedata.combining(c))
    text = re.sub("[^a-z0-9]", "", text)
    soft = text
    for pattern, sound in _SOFT:
        soft = pattern.sub(sound, soft)
    # «c» at the end may be the beginning of «ch»
    return [_plain(_heard(text)), _plain(_heard(soft[:-1]) + "c" if soft.endswith("c") else _heard(soft))]


def _heard(text: str) -> str:
    for pattern, sound in _LATIN:
        text = pattern.sub(sound, text)
    return text


def _plain(text: str) -> str:
    """One letter for all that sound like «i», no letter twice, Alexander as Aleksandr."""
    text = re.sub("[^a-z0-9]", "", text.replace("y", "i").replace("j", "i"))
    return _REPEATED.sub(r"\1", text).replace("nder", "ndr")
