import pytest

from school.text import fold, fold_letter


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ёлкин  Пётр", "елкин петр"),
        ("О’Коннор-Ёлкин", "О'Коннор—Елкин"),
        ("ABEKMHOPCTYX", "авекмнорстух"),
        ("Салтыков‑Щедрин", "салтыков-щедрин"),
    ],
)
def test_spellings_of_one_name_are_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_other_names_stay_other() -> None:
    assert fold("Иванов Иван") != fold("Иванова Ивана")


@pytest.mark.parametrize("letter", ["«А»", '"а"', "A", " а "])
def test_spellings_of_one_letter_are_equal(letter: str) -> None:
    assert fold_letter(letter) == "А"
