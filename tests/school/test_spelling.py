"""One name in many spellings, and other names that stay other."""

import pytest

from school.spelling import LONGEST, readings, search_words, words


def means(name: str, typed: str) -> bool:
    kept = search_words(name)
    return all(any(f" {reading}" in kept for reading in readings(word)) for word in words(typed))


@pytest.mark.parametrize("name", ["Ёлкин Пётр", "Елкин Петр", "Elkin Petr", "Yolkin Pyotr"])
@pytest.mark.parametrize(
    "typed", ["ёлкин", "Елкин", "ЕЛКИН пётр", "Elkin", "Yolkin", "Iolkin", "tkrby", "`krby", "Удлшт", "Petr"]
)
def test_one_surname_in_every_alphabet_and_layout(name: str, typed: str) -> None:
    assert means(name, typed)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Щербаков", "Shcherbakov Scherbakov Sherbakov oth,frjd"),
        ("Халиков", "Khalikov Halikov Kh [fkbrjd"),
        ("Юлия", "Julia Yulia Iuliia Yuliya .kbz Yul"),
        ("Сергей", "Sergey Sergei Sergej Serge"),
        ("Пётр", "Petr Pyotr Piotr"),
        ("Семёнов", "Semenov Semyonov Semionov Семенов"),
        ("Соловьёв", "Solovyov Soloviev Solovyev Solovev соловьев"),
        ("Григорьев", "Grigoryev Grigoriev Grigorev"),
        ("Дмитрий", "Dmitry Dmitriy Dmitrii Dmitri"),
        ("Евгения", "Evgenia Yevgenia Evgeniya"),
        ("Александр", "Alexander Alexandr Aleksandr Alex"),
        ("Людмила", "Ludmila Lyudmila Liudmila"),
        ("Татьяна", "Tatiana Tatyana"),
        ("Вячеслав", "Vyacheslav Viacheslav"),
        ("Михаил", "Mikhail Mihail Mik"),
        ("Виктор", "Victor Viktor Vic"),
        ("Ксения", "Ksenia Xenia Kseniya"),
        ("Цой", "Tsoy Tsoi Tzoy"),
        ("Чайковский", "Tchaikovsky Chaykovskiy Chaikovskii"),
        ("Шмидт", "Schmidt Shmidt"),
        ("Джиоев", "Dzhioev Jioev"),
        ("Алиев", "Ali Aliev Aliyev"),
        ("О’Коннор", "О'Коннор Оконнор Коннор O'Connor"),
        ("Eлкина", "елкина"),  # the first letter is Latin
        ("Салтыков‑Щедрин", "щедрин Saltykov салтыков-щедрин"),
    ],
)
def test_passports_standards_and_haste(name: str, typed: str) -> None:
    assert [one for one in typed.split() if not means(name, one)] == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Иванова Мария Сергеевна", "Петров"),
        ("Палкин", "лкин"),
        ("Палкин", "Elkin"),
        ("Анна", "Яна"),
        ("Татьяна", "Яна"),
        ("Сергеева Анна Андреевна", "Сергей"),
        ("Сергеева Анна Андреевна", "Sergey"),
        ("Иванов Пётр Андреевич", "Andrey"),
        ("Алевтина", "Aliev"),
        ("Алексей", "Ali"),
        ("Филипп", "Ан"),  # «fy» on the other layout
        ("Иванов", "***"),
        ("Иванов", "№"),
    ],
)
def test_other_names_stay_other(name: str, typed: str) -> None:
    assert not readings(typed) or not means(name, typed)


def test_a_beginning_of_a_name_is_a_beginning_of_what_is_kept() -> None:
    for name in ("Ёлкина", "Щербаков", "Григорьев", "Мария", "Юлия", "Алексеевич", "Хетагуров", "Цаллагов", "Шмидт"):
        assert all(means(name, name[:length]) for length in range(1, len(name) + 1))


def test_what_is_kept_fits_the_index() -> None:
    words_of_a_page = " ".join(f"{'щю' * 19}{number}" for number in range(60))
    assert len(search_words(words_of_a_page)) == LONGEST
