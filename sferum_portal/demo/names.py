"""Names of made-up people: surnames out of Faker, patronymics that fit the father and the sex."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from faker import Faker

# a father's name and the patronymics it gives to a son and to a daughter
FATHERS = {
    "Александр": ("Александрович", "Александровна"),
    "Алексей": ("Алексеевич", "Алексеевна"),
    "Андрей": ("Андреевич", "Андреевна"),
    "Антон": ("Антонович", "Антоновна"),
    "Аслан": ("Асланович", "Аслановна"),
    "Вадим": ("Вадимович", "Вадимовна"),
    "Виктор": ("Викторович", "Викторовна"),
    "Виталий": ("Витальевич", "Витальевна"),
    "Владимир": ("Владимирович", "Владимировна"),
    "Дмитрий": ("Дмитриевич", "Дмитриевна"),
    "Евгений": ("Евгеньевич", "Евгеньевна"),
    "Иван": ("Иванович", "Ивановна"),
    "Игорь": ("Игоревич", "Игоревна"),
    "Илья": ("Ильич", "Ильинична"),
    "Константин": ("Константинович", "Константиновна"),
    "Максим": ("Максимович", "Максимовна"),
    "Михаил": ("Михайлович", "Михайловна"),
    "Николай": ("Николаевич", "Николаевна"),
    "Олег": ("Олегович", "Олеговна"),
    "Павел": ("Павлович", "Павловна"),
    "Пётр": ("Петрович", "Петровна"),
    "Роман": ("Романович", "Романовна"),
    "Сергей": ("Сергеевич", "Сергеевна"),
    "Юрий": ("Юрьевич", "Юрьевна"),
}
MOTHERS = (
    *("Алла", "Анастасия", "Анна", "Валентина", "Вера", "Виктория", "Галина", "Диана", "Евгения", "Екатерина"),
    *("Елена", "Зарина", "Инна", "Ирина", "Лариса", "Людмила", "Марина", "Мария", "Наталья", "Оксана"),
    *("Ольга", "Светлана", "Татьяна", "Фатима", "Юлия"),
)
BOYS = (
    *("Александр", "Алан", "Артём", "Арсений", "Георгий", "Глеб", "Давид", "Даниил", "Дмитрий", "Егор"),
    *("Иван", "Илья", "Кирилл", "Константин", "Лев", "Макар", "Максим", "Марк", "Матвей", "Михаил"),
    *("Никита", "Николай", "Роман", "Савелий", "Семён", "Сергей", "Степан", "Тимофей", "Фёдор", "Ярослав"),
)
GIRLS = (
    *("Аделина", "Алёна", "Алина", "Алиса", "Анастасия", "Анна", "Арина", "Валерия", "Варвара", "Василиса"),
    *("Вера", "Вероника", "Виктория", "Дарья", "Диана", "Ева", "Екатерина", "Елизавета", "Залина", "Кира"),
    *("Ксения", "Маргарита", "Мария", "Милана", "Полина", "Серафима", "Софья", "Таисия", "Ульяна", "Элина"),
)


@dataclass(frozen=True)
class Name:
    last_name: str
    first_name: str
    patronymic: str
    female: bool

    @property
    def fields(self) -> dict[str, Any]:
        return {"last_name": self.last_name, "first_name": self.first_name, "patronymic": self.patronymic}


@dataclass(frozen=True)
class Family:
    mother: Name | None
    father: Name | None
    children: list[Name]


@dataclass
class Names:
    """An endless supply; the same seed gives the same people."""

    seed: int
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 (made-up people need no secrecy)
        self._faker = Faker("ru_RU")
        self._faker.seed_instance(self.seed)

    def adult(self, *, female: bool, surname: str = "") -> Name:
        surname = surname or self._surname()
        first = self.random.choice(MOTHERS if female else tuple(FATHERS))
        father = self.random.choice(tuple(FATHERS))
        return Name(_for_sex(surname, female), first, FATHERS[father][female], female)

    def family(self, children: int, *, with_mother: bool = True, with_father: bool = True) -> Family:
        """Children bear the father's surname and patronymic also where he is not in the school's lists."""
        surname = self._surname()
        father = self.adult(female=False, surname=surname)
        own_surname = self.random.random() < 0.15
        mother = self.adult(female=True, surname="" if own_surname else surname)
        brood: list[Name] = []
        for _ in range(children):
            brood.append(self._child(surname, father.first_name, {child.first_name for child in brood}))
        return Family(mother if with_mother else None, father if with_father else None, brood)

    def _child(self, surname: str, father: str, taken: set[str]) -> Name:
        female = self.random.random() < 0.5
        first = self.random.choice([name for name in (GIRLS if female else BOYS) if name not in taken])
        return Name(_for_sex(surname, female), first, FATHERS[father][female], female)

    def _surname(self) -> str:
        return str(self._faker.last_name_male())


def _for_sex(surname: str, female: bool) -> str:
    """«Петров» → «Петрова»; Faker's Russian surnames end in -ов, -ев, -ин (a test looks after that)."""
    return surname + "а" if female else surname
