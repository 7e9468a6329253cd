"""The text of one cell as a value of the lists: names, days, phones, classes, kinship, posts."""

import datetime as dt
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.utils.translation import gettext as _

from accounts.phones import normalize_phone

from ..errors import Refusal
from ..models import Guardianship, StaffPosition
from ..services.structure import parse_class_name
from ..text import fold, fold_letter, is_name
from .tables import UNCOMPUTED

_SPREADSHEET_EPOCH = dt.date(1899, 12, 30)
_SERIALS = range(10_000, 80_000)  # 1927 to 2119
_ERROR_CELL = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|ЗНАЧ!|ССЫЛКА!|Н/Д|ИМЯ\?|ДЕЛ/0!|ЧИСЛО!|ПУСТО!)")
_DAY = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:\s*г\.?)?$")
_ISO_DAY = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?$")
_MONTHS = ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"]
_WORDED = re.compile(r"^(\d{1,2})\s+([а-я]{3})[а-я]*\s+(\d{4})")
_NOTHING = {"", "-", "–", "—", "нет", "не указан", "не указано", "отсутствует", "n/a"}
_INSIDE = r"(?<![\dА-Яа-яA-Za-zЁё.,-])(1[0-2]|[1-9])\s*[-–]?\s*"
_QUOTED_CLASS = re.compile(_INSIDE + r"[«\"„“]\s*([^»\"”“]{1,15}?)\s*[»\"”“]")
_PLAIN_CLASS = re.compile(_INSIDE + r"([А-ЯA-ZЁа-яa-zё])(?![А-Яа-яA-Za-zЁё])")
_CLASS_WORD = re.compile(r"\s*\b(?:класс[а-я]*|кл)\b\.?\s*", re.IGNORECASE)
_MOTHER_WORDS = ("мать", "мама", "мачеха", "м")
_FATHER_WORDS = ("отец", "папа", "отчим", "о")
_ANY_PARENT = ("", "родитель", "представитель", "законный представитель", "родитель (законный представитель)")
_LONGEST = {"last_name": 100, "first_name": 100, "patronymic": 100, "file_number": 40, "order_number": 40}
Kind = StaffPosition.Kind


class BadValue(Exception):
    """A cell that cannot be taken; the text says why, and what to write."""


@dataclass(frozen=True, order=True)
class ClassName:
    """A class as the lists know it: two spellings of one letter are equal."""

    parallel: int
    letter_key: str
    letter: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClassName) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def key(self) -> tuple[int, str]:
        return self.parallel, self.letter_key

    def __str__(self) -> str:
        return f"{self.parallel}{self.letter}" if len(self.letter) <= 2 else f"{self.parallel} {self.letter}"


def is_nothing(text: str) -> bool:
    """Empty, a dash, «нет»."""
    return text.lower() in _NOTHING


def checked(text: str) -> str:
    """The text, unless it is what a spreadsheet shows for a broken formula."""
    if text.startswith("#") and (text == UNCOMPUTED or _ERROR_CELL.match(text)):
        raise BadValue(_("A formula in this row gives no value: open the file, save it again and upload it."))
    return text


def names_of(values: dict[str, str]) -> dict[str, str]:
    """last_name, first_name, patronymic out of these columns, or out of `full_name`. Raises `BadValue` without two."""
    names = {name: values.get(name, "") for name in ("last_name", "first_name", "patronymic")}
    if not names["first_name"] and (values.get("full_name") or names["last_name"]):
        words = (values.get("full_name") or names["last_name"]).split()
        names = dict(zip(names, [*words[:2], " ".join(words[2:]), "", ""], strict=False))
    if is_nothing(names["patronymic"]):
        names["patronymic"] = ""
    if not (names["last_name"] and names["first_name"]):
        raise BadValue(_("The last name and the first name are needed."))
    return {name: _name(text, name) for name, text in names.items()}


def _name(text: str, field: str) -> str:
    if len(text) > _LONGEST[field]:
        raise BadValue(_("“%(text)s…” is too long for a name.") % {"text": text[:40]})
    if any(char.isdigit() for char in text) or not is_name(text):
        raise BadValue(_("“%(text)s” is not a name: it has digits or signs in it.") % {"text": text})
    return text.title() if text.isupper() and len(text) > 2 else text


def day_of(text: str, today: dt.date) -> dt.date | None:
    """дд.мм.гггг, гггг-мм-дд, «5 сентября 2012», a spreadsheet's number; not later than today. None for nothing."""
    if is_nothing(text):
        return None
    try:
        day = _day(text.strip().lower(), today)
    except (ValueError, OverflowError):
        day = None
    if day is None or day.year < 1900:
        raise BadValue(_("“%(text)s” is not a date: write it as 05.09.2012.") % {"text": text[:40]})
    if day > today:
        raise BadValue(_("The date %(text)s is in the future.") % {"text": f"{day:%d.%m.%Y}"})
    return day


def _day(text: str, today: dt.date) -> dt.date | None:
    if match := _DAY.match(text):
        day, month, year = (int(part) for part in match.groups())
        if year < 100:
            year += 2000 if year <= today.year % 100 else 1900
        return dt.date(year, month, day)
    if match := _ISO_DAY.match(text):
        return dt.date(*(int(part) for part in match.groups()))
    if text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) in _SERIALS:
        return _SPREADSHEET_EPOCH + dt.timedelta(days=int(text))
    if (match := _WORDED.match(text)) and match[2] in _MONTHS:
        return dt.date(int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1]))
    return None


def phone_of(text: str) -> str:
    """+7… of the first number in the cell; "" for nothing."""
    if is_nothing(text):
        return ""
    for part in [text, *re.split(r"[;,/]|\s(?=[+8])", text)]:
        try:
            return normalize_phone(part)
        except ValidationError:
            continue
    if re.search(r"\d[.,]?\d*[eе]\+?\d", text.lower()):
        raise BadValue(_("The phone %(text)s was spoilt by the spreadsheet: write it as text.") % {"text": text[:40]})
    raise BadValue(_("“%(text)s” is not a phone: write +7 916 123-45-67.") % {"text": text[:40]})


def email_of(text: str) -> str:
    if is_nothing(text):
        return ""
    try:
        validate_email(text)
        MaxLengthValidator(254)(text)
    except ValidationError:
        raise BadValue(_("“%(text)s” is not an e-mail address.") % {"text": text[:60]}) from None
    return text


def short_text(text: str, field: str, longest: int = 40) -> str:
    if is_nothing(text):
        return ""
    if len(text) > longest:
        raise BadValue(_("“%(text)s…” is longer than %(count)d characters.") % {"text": text[:30], "count": longest})
    return text


def class_of(text: str) -> ClassName:
    """«5А», «5 А», «5-А», «5 «А»», «5a», «5А класс», «10 Физмат». Raises `BadValue`."""
    plain = _CLASS_WORD.sub("", text) or text
    try:
        parallel, letter = parse_class_name(plain)
    except Refusal:
        raise BadValue(_("“%(text)s” is not a class: write 7Б.") % {"text": text[:40]}) from None
    return _class_name(parallel, letter)


def _class_name(parallel: int, letter: str) -> ClassName:
    """A short letter is written in Cyrillic capitals, whatever keyboard it was typed on."""
    return ClassName(parallel, fold_letter(letter), fold_letter(letter) if len(letter) <= 2 else letter)


def classes_of(text: str) -> list[ClassName]:
    """Several classes in one cell: «5А, 5Б», «5А 5Б»."""
    parts = [part for part in re.split(r"[,;/\n]+|\s+(?=\d)", text) if part.strip()]
    return list(dict.fromkeys(class_of(part.strip()) for part in parts))


def class_inside(text: str) -> ClassName | None:
    """The one class that a title, a sheet's or a file's name speaks of: «Список 5-А класса.xlsx»."""
    found = {
        _class_name(int(match[1]), match[2])
        for pattern in (_QUOTED_CLASS, _PLAIN_CLASS)
        for match in pattern.finditer(text)
        if fold_letter(match[2]) and not match[2][0].isdigit()
    }
    return found.pop() if len(found) == 1 else None


def kinship_of(text: str, patronymic: str) -> str:
    """The kind of a guardianship; where only «родитель» is said, the patronymic tells the mother from the father."""
    word = " ".join(text.lower().replace("ё", "е").split())
    if word.startswith(_MOTHER_WORDS[:3]) or word in _MOTHER_WORDS:
        return Guardianship.Kind.MOTHER
    if word.startswith(_FATHER_WORDS[:3]) or word in _FATHER_WORDS:
        return Guardianship.Kind.FATHER
    if word.startswith("попечител"):
        return Guardianship.Kind.TRUSTEE
    if word.startswith("опекун"):
        return Guardianship.Kind.GUARDIAN
    if word not in _ANY_PARENT and not is_nothing(word):
        raise BadValue(
            _("The kinship “%(text)s” is not known: write мать, отец, опекун or попечитель.") % {"text": text[:40]}
        )
    ending = fold(patronymic)
    if ending.endswith(("вна", "чна", "кызы")):
        return Guardianship.Kind.MOTHER
    return Guardianship.Kind.FATHER if ending.endswith(("ич", "оглы")) else Guardianship.Kind.GUARDIAN


def says_kinship(text: str) -> bool:
    """Whether the cell names the kinship itself, and not just a parent."""
    word = " ".join(text.lower().replace("ё", "е").split())
    return word not in _ANY_PARENT and not is_nothing(word)


def post_of(title: str, *, teaches: bool) -> Kind:
    """The kind of a position by the words of its title; no title makes an administrator."""
    words = title.lower().replace("ё", "е")
    if re.search(r"\bзам\b|\bзаместител|\bзавуч", words):
        return Kind.DEPUTY
    if re.search(r"\bдиректор", words):
        return Kind.DIRECTOR
    if re.search(r"\bдоп\b|\bдополнительн", words):
        return Kind.EXTRA_TEACHER
    if re.search(r"\bучител|\bпреподавател|\bпедагог|\bвоспитател|\bтьютор", words):
        return Kind.TEACHER
    return Kind.TEACHER if teaches and not words else Kind.EMPLOYEE
