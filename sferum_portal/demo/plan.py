"""What the demo school looks like: its classes, subjects, posts and the troubles that the director is to notice."""

from dataclasses import dataclass
from enum import StrEnum

NAME = "Демонстрационная школа"
CITY = "Владикавказ"
# 7Б is missing on purpose: it is the class that a visitor makes himself.
CLASSES = (
    *("1А", "1Б", "1В", "2А", "2Б", "3А", "3Б", "4А", "4Б"),
    *("5А", "5Б", "5В", "6А", "6Б", "6В", "7А", "7В", "8А", "8Б", "9А", "9Б", "9В", "10А", "11А"),
)


@dataclass(frozen=True)
class Size:
    """How much is made. `pupils` is the usual number in a class."""

    schools: int
    classes: tuple[str, ...]
    pupils: int
    teachers: int
    messages: int  # in a chat of a class, over the four weeks


SIZES = {
    "normal": Size(1, CLASSES, 25, 36, 40),
    "large": Size(42, CLASSES, 25, 36, 40),
    "tiny": Size(1, ("2А", "6В", "7А", "9В"), 6, 9, 6),
}

PASSWORD = "sferum-demo"  # noqa: S105 (of made-up people on a development machine, and nowhere else)


class SignIn(StrEnum):
    """The people whose phones the README names: the last figures of +7 900 000-00-__."""

    ADMINISTRATOR = "01"
    ADDITIONAL_ADMINISTRATOR = "02"
    DIRECTOR = "03"
    DEPUTY = "04"
    HOMEROOM = "05"
    TEACHER = "06"
    APPLICANT = "07"
    EMPLOYEE = "08"
    PARENT = "09"
    PUPIL = "10"


CLASS_OF_SIGN_INS = "7А"

# --- troubles ---------------------------------------------------------------------------------------------------------

WITHOUT_HOMEROOM = ("9В",)
WITHOUT_PARENTS_CHAT = ("6В", "9В", "10А")
JOINED_SHARE = {"9В": 0.2, "8Б": 0.45, "1В": 0.5}  # of families; the others are between 0.75 and 1
WITHOUT_ADULTS = ("6В", "9В")  # two pupils of each have nobody linked
TEACHERS_WAITING = 6  # the status «учитель» is not confirmed

# --- staff and subjects -----------------------------------------------------------------------------------------------

DEPUTIES = ("по учебно-воспитательной работе", "по учебно-воспитательной работе", "по воспитательной работе")
EMPLOYEES = ("секретарь", "библиотекарь", "заведующий хозяйством", "лаборант", "медицинская сестра", "инженер")
EXTRA_TEACHERS = (
    "руководитель хора",
    "тренер по шахматам",
    "руководитель театральной студии",
    "педагог по робототехнике",
)
PRIMARY_SUBJECTS = ("Русский язык", "Литературное чтение", "Математика", "Окружающий мир")
# subject -> how many teachers share it; the teachers of the primary classes teach their own class
SUBJECTS = {
    "Русский язык и литература": 4,
    "Математика": 4,
    "Английский язык": 4,
    "История и обществознание": 3,
    "Биология": 2,
    "География": 2,
    "Физика": 2,
    "Химия": 1,
    "Информатика": 2,
    "Физическая культура": 3,
}
EVERY_CLASS_HAS = ("Английский язык", "Физическая культура")
IN_PARTS = ("7А", "8А")  # English is taught in two parts there
PARTS = ("1-я группа", "2-я группа")
