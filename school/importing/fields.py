"""What a column may mean, and what its heading says it means."""

import re
from collections.abc import Iterable

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

SLOTS = (1, 2, 3)
PARENT_PARTS = ("full_name", "last_name", "first_name", "patronymic", "kind", "phone", "email")

_NAMES = {
    "full_name": _("Full name"),
    "last_name": _("Last name"),
    "first_name": _("First name"),
    "patronymic": _("Patronymic"),
}
_CONTACTS = {"birth_date": _("Date of birth"), "phone": _("Phone"), "email": _("E-mail")}
_PLACE = {"class_name": _("Class"), "parallel": _("Parallel"), "letter": _("Letter of the class")}
_PARENT = {**_NAMES, "kind": _("Kinship"), "phone": _("Phone"), "email": _("E-mail")}


class ListKind(models.TextChoices):
    """Whom the list is of."""

    PUPILS = "pupils", _("pupils and parents")
    STAFF = "staff", _("staff")
    CLASSES = "classes", _("classes")


def parent_field(slot: int, part: str) -> str:
    return f"parent{slot}_{part}"


PUPIL_FIELDS = {
    **_NAMES,
    **_PLACE,
    **_CONTACTS,
    "file_number": _("Personal file number"),
    "enrolled_on": _("Day of enrolment"),
    "order_number": _("Number of the order"),
    "order_date": _("Date of the order"),
}
STAFF_FIELDS = {
    **_NAMES,
    "title": _("Position"),
    "subject": _("Subject"),
    "class_name": _("Class"),
    "homeroom": _("Homeroom teacher of the class"),
    **_CONTACTS,
}
_PARENTS = {1: _("Parent 1"), 2: _("Parent 2"), 3: _("Parent 3")}
FIELDS_OF = {
    ListKind.PUPILS: {
        **PUPIL_FIELDS,
        **{
            parent_field(slot, part): format_lazy("{}: {}", parent, label)
            for slot, parent in _PARENTS.items()
            for part, label in _PARENT.items()
        },
    },
    ListKind.STAFF: STAFF_FIELDS,
    ListKind.CLASSES: _PLACE,
}
GROUPS_OF = {  # for the list of choices: a heading and its fields
    ListKind.PUPILS: [
        (_("Pupil"), list(PUPIL_FIELDS)),
        *((parent, [parent_field(slot, part) for part in PARENT_PARTS]) for slot, parent in _PARENTS.items()),
    ],
    ListKind.STAFF: [(_("Staff"), list(STAFF_FIELDS))],
    ListKind.CLASSES: [(_("Class"), list(_PLACE))],
}


def kind_of(fields: Iterable[str]) -> ListKind:
    """Whose list has these columns."""
    found = set(fields)
    if found & {"title", "subject", "homeroom"}:
        return ListKind.STAFF
    if found & _NAMES.keys():
        return ListKind.PUPILS
    return ListKind.CLASSES if found & _PLACE.keys() else ListKind.PUPILS


def has_what_it_needs(kind: ListKind, fields: Iterable[str]) -> bool:
    found = set(fields)
    if kind == ListKind.CLASSES:
        return "class_name" in found or {"parallel", "letter"} <= found
    return "full_name" in found or {"last_name", "first_name"} <= found


# --- headings -----------------------------------------------------------------------------------------------------------

_SENSITIVE = re.compile(
    r"паспорт|серия|снилс|адрес|прописк|прожива|регистрац|жительств|\bинн\b|полис|свидетельств|гражданств|"
    r"национальн|диагноз|инвалид|здоров|\bовз\b|\bместо\b|удостовер"
)
_PARENT_WORD = re.compile(
    r"\bродител|\bпредставител|\bмат(?:ь|ери)\b|\bмам[аы]\b|\bотец\b|\bотца\b|\bпап[аы]\b|\bопекун"
)
_MOTHER, _FATHER = re.compile(r"\bмат(?:ь|ери)\b|\bмам[аы]\b"), re.compile(r"\bотец\b|\bотца\b|\bпап[аы]\b")
_NUMBERED = re.compile(r"(?:родител|представител)\D{0,14}([123])\b|\b([123])\s*(?:й\s*)?(?:родител|представител)")
_PERSON_WORD = re.compile(
    r"\b(?:ученик|учени[кц]|обучающ|учащ|ребен|воспитанник|сотрудник|работник|учител|педагог|преподавател)"
)
_PARTS = [
    ("", re.compile(r"классн\w* руковод(?!ств)|\bпп\b|\bп п\b|\bпол\b|\bвозраст|\bгод\b")),
    ("homeroom", re.compile(r"\bклассн\w* руководств|\bклассное рук")),
    ("order_date", re.compile(r"\bдата\b.*\bприказ")),
    ("order_number", re.compile(r"\bприказ")),
    ("birth_date", re.compile(r"\bрожд|^д р$|^др$|^дата р$")),
    ("enrolled_on", re.compile(r"\b(?:зачислен|перевод|прием|поступлен|прибыти)")),
    ("file_number", re.compile(r"\bличн\w* дел|^л д$|^№ дела$")),
    ("kind", re.compile(r"\bродств|\bкем приход|\b(?:тип|статус|категория|кто)\b.*(?:представител|родител)")),
    ("phone", re.compile(r"\bтел\b|\bтелефон|\bмоб|\bсотов|\bконтакт")),
    ("email", re.compile(r"mail|\bпочт")),
    ("full_name", re.compile(r"\bф и о\b|\bфио\b|\bфамилия,? имя|\bфамилия и имя")),
    ("last_name", re.compile(r"\bфамили")),
    ("first_name", re.compile(r"\bимя\b|\bимени\b")),
    ("patronymic", re.compile(r"\bотчеств")),
    ("title", re.compile(r"\bдолжност")),
    ("subject", re.compile(r"\bпредмет|\bдисциплин")),
    ("parallel", re.compile(r"\bпараллел")),
    ("letter", re.compile(r"\bлитер|\bбукв")),
    ("class_name", re.compile(r"\bкласс(?:а|ы|ов)?\b|^кл$")),
]
_WORDS = re.compile(r"[^\w№@]+|_+")
_GLUED = re.compile(r"(?<=[^\W\d])(?=\d)")  # «родителя1»


def heading(text: str) -> str:
    """The form in which headings are compared: «Телефон_родителя1» and «телефон  Родителя № 1» nearly meet."""
    text = _WORDS.sub(" ", text.lower().replace("ё", "е"))
    return " ".join(_GLUED.sub(" ", text).split())


def is_sensitive(text: str) -> bool:
    """A column that is never read: passport, СНИЛС, addresses, health."""
    return bool(_SENSITIVE.search(heading(text)))


def part_of(text: str) -> tuple[int | None, str | None]:
    """(slot of the parent, part) that a heading names.

    The slot is None where it names no parent, 0 for a parent without a number. The part is "" for what is known and not
    kept (a number in order, the sex), None for a heading that says nothing.
    """
    if not text or is_sensitive(text):
        return None, ""
    part = next((name for name, pattern in _PARTS if pattern.search(text)), None)
    slot = _slot(text)
    if part is None and (slot is not None or _PERSON_WORD.search(text)):
        part = "full_name"
    return slot, part


def _slot(text: str) -> int | None:
    if numbered := _NUMBERED.search(text):
        return int(numbered.group(1) or numbered.group(2))
    if _MOTHER.search(text) or _FATHER.search(text):
        return 2 if _FATHER.search(text) and not _MOTHER.search(text) else 1
    return 0 if _PARENT_WORD.search(text) else None


def kind_named(text: str) -> str:
    """ "mother" or "father" where a heading («ФИО матери») says which."""
    mother, father = _MOTHER.search(text), _FATHER.search(text)
    return "" if bool(mother) == bool(father) else "mother" if mother else "father"


def is_preferred(field: str, text: str) -> bool:
    """Of two columns for one field this one is read: a mobile phone, the day of the enrolment in the class."""
    if field.endswith("phone"):
        return bool(re.search(r"\bмоб|\bсотов", text))
    return field == "enrolled_on" and "зачислен" in text
