"""Sign-in names for pupils: made from the name, unique, never mistaken one for another."""

import re

import pytest
from django.core.exceptions import ValidationError

from accounts import services
from accounts.logins import check_login, make_password
from accounts.models import User
from accounts.names import clean_name
from tests.accounts.conftest import PASSWORD, Visitor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "login"),
    [
        ("Иванов Пётр Сергеевич", "ivanov.petr"),
        ("Щукина Юлия", "schukina.iuliia"),
        ("Д'Артаньян Шарль", "dartanian.sharl"),
        ("Римский-Корсаков Андрей", "rimskiikorsakov.andrei"),
        ("Ли", "li.user"),
        ("Smith John", "smith.john"),
        ("王 小明", "user"),
    ],
)
def test_a_login_is_made_from_the_name(user: User, name: str, login: str) -> None:
    assert services.create_login(by=user, name=name, password=PASSWORD).login == login


def test_namesakes_differ(user: User) -> None:
    logins = [services.create_login(by=user, name="Иванов Пётр").login or "" for _pupil in range(12)]
    assert len(set(logins)) == 12
    assert not any(re.search("[01]", login) for login in logins)


def test_a_long_name_fits(user: User) -> None:
    login = services.create_login(by=user, name="Щ" * 100 + " " + "Ю" * 90).login
    assert login
    assert len(login) <= 40


def test_a_login_without_a_password_cannot_sign_in(user: User, visitor: Visitor) -> None:
    pupil = services.create_login(by=user, name="Иванов Пётр")
    visitor.use_password("ivanov.petr", "")
    assert not visitor.is_signed_in
    services.set_password_for(pupil, PASSWORD, by=user)
    visitor.use_password("ivanov.petr")
    assert visitor.is_signed_in


def test_a_login_chosen_by_hand(user: User) -> None:
    assert services.create_login(by=user, name="Пётр", login=" Petya.7B ").login == "petya.7b"
    with pytest.raises(ValidationError, match="занят"):
        services.create_login(by=user, name="Пётр", login="реtуа.7b")


@pytest.mark.parametrize("login", ["", "ab", "иванов", "a b c", "a..b", ".abc", "7abc", "a@b.ru", "x" * 41, "petr'"])
def test_an_unclear_login_is_refused(login: str) -> None:
    with pytest.raises(ValidationError):
        check_login(login)


def test_a_weak_password_is_refused(user: User) -> None:
    with pytest.raises(ValidationError):
        services.create_login(by=user, name="Иванов Пётр", password="12345")
    with pytest.raises(ValidationError):
        services.create_login(by=user, name="Иванов Пётр", login="ivanov.petr", password="ivanov.petr")
    assert User.objects.count() == 1


def test_a_password_for_paper_is_strong_and_readable() -> None:
    passwords = {make_password() for _attempt in range(50)}
    assert len(passwords) == 50
    assert not any(set(password) & set("01ilo") for password in passwords)


@pytest.mark.parametrize(
    "name", ["Д'Артаньян", "О’Коннор Мэри", "Салтыков-Щедрин М. Е.", "Ёлкина  Анна ", "José Ñandú"]
)
def test_names_that_people_have(name: str) -> None:
    assert clean_name(name) == " ".join(name.split())


@pytest.mark.parametrize(
    "name", ["", "  ", "---", "Анна 😀", "Анна2", "<b>Анна</b>", "Анна\u202e", "я" * 201, "a\x00b"]
)
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        clean_name(name)
