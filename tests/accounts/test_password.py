"""Phone, e-mail or sign-in name with a password; limits on guesses; the 429 page."""

from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from accounts import services
from accounts.models import User
from accounts.sms import MemoryBackend
from tests.accounts.conftest import PASSWORD, PHONE, Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def pupil(user: User) -> User:
    return services.create_login(by=user, name="Иванов Пётр", password=PASSWORD)


@pytest.mark.parametrize("spelling", [PHONE, "8 (916) 123-45-67", "9161234567"])
def test_a_phone_and_a_password(user_with_password: User, visitor: Visitor, spelling: str) -> None:
    assert visitor.use_password(spelling).url == "/profile/"
    assert visitor.is_signed_in


def test_an_email_and_a_password(user_with_password: User, visitor: Visitor) -> None:
    User.objects.update(email="anna@school.ru")
    visitor.use_password(" Anna@School.RU ")
    assert visitor.is_signed_in


@pytest.mark.parametrize("spelling", ["ivanov.petr", " Ivanov.Petr ", "ivаnоv.реtr", "ivan0v.petr"])
def test_a_sign_in_name_and_a_password(pupil: User, visitor: Visitor, spelling: str) -> None:
    visitor.use_password(spelling)
    assert visitor.is_signed_in


@pytest.mark.parametrize("login", [PHONE, "+79160000000", "nobody", "nobody@school.ru"])
def test_a_wrong_password_and_an_unknown_login_get_one_answer(
    user_with_password: User, visitor: Visitor, login: str
) -> None:
    answer = visitor.use_password(login, "не-тот-пароль")
    assert answer.context["form"].non_field_errors() == ["Логин или пароль не подходит."]
    assert not visitor.is_signed_in


def test_guessing_stops_whatever_the_spelling(user_with_password: User, visitor: Visitor) -> None:
    for spelling in (PHONE, "89161234567", "8-916-123-45-67", "9161234567", "+7 916 1234567"):
        visitor.use_password(spelling, "не-тот-пароль")
    answer = visitor.use_password("8 916 123 45 67")
    assert "Слишком много попыток" in answer.context["form"].non_field_errors()[0]
    assert not visitor.is_signed_in


def test_a_school_behind_one_address_signs_in(db: None) -> None:
    for number in range(25):
        User.objects.create_user(phone=f"+791600000{number:02}", phone_verified=True, password=None)
        visitor = Visitor()
        visitor.sign_in(f"+791600000{number:02}")


def test_codes_for_one_phone_are_limited(user: User) -> None:
    answers = [Visitor().ask_code() for _attempt in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 200]
    assert "Слишком много попыток" in str(answers[-1].context["code_form"].errors)
    assert len(MemoryBackend.sent) == 3


def test_asking_again_counts_too(user: User, visitor: Visitor) -> None:
    visitor.ask_code()
    for _attempt in range(5):
        visitor.ask_again()
    assert len(MemoryBackend.sent) == 3


def test_an_escaped_limit_is_a_page_not_a_crash(visitor: Visitor) -> None:
    """allauth sends a code in the middle of a password sign-in and lets its own limit fly through the view."""
    User.objects.create_user(phone=PHONE, password=PASSWORD)
    answers = [Visitor().use_password(PHONE) for _attempt in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "Слишком много" in answers[-1].content.decode()


def test_a_silent_provider_in_the_middle_of_a_sign_in_is_a_page(visitor: Visitor, settings: Any) -> None:
    User.objects.create_user(phone=PHONE, password=PASSWORD)
    settings.SMS_BACKEND, settings.SMS_HTTP = "accounts.sms.HttpBackend", {}
    answer = visitor.use_password(PHONE)
    assert answer.status_code == 503
    assert "СМС" in answer.content.decode()


def test_nobody_signs_up_by_himself(visitor: Visitor) -> None:
    data = {"phone": PHONE, "password1": PASSWORD}
    answer = visitor.client.post(reverse("account_signup"), data)
    assert answer.status_code == 200
    assert "приглаш" in answer.content.decode()
    assert not User.objects.exists()


def test_a_password_is_set_changed_and_forgotten(user: User, visitor: Visitor) -> None:
    visitor.sign_in()
    new = {"password1": PASSWORD, "password2": PASSWORD}
    assert visitor.client.post(reverse("account_set_password"), new).status_code == 302
    other = Visitor()
    other.use_password(PHONE)
    assert other.is_signed_in


def test_a_weak_password_is_refused(user: User, visitor: Visitor) -> None:
    visitor.sign_in()
    answer = visitor.client.post(reverse("account_set_password"), {"password1": "12345678", "password2": "12345678"})
    assert answer.context["form"].errors["password1"]


def test_a_letter_resets_the_password(user_with_password: User, visitor: Visitor) -> None:
    User.objects.update(email="anna@school.ru")
    visitor.client.post(reverse("account_reset_password"), {"email": "anna@school.ru"})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    page = visitor.client.get(link, follow=True)
    path = page.redirect_chain[-1][0]
    visitor.client.post(path, {"password1": "другой-пароль-77", "password2": "другой-пароль-77"})
    visitor.use_password(PHONE, "другой-пароль-77")
    assert visitor.is_signed_in


def test_a_letter_is_not_sent_to_a_stranger(visitor: Visitor) -> None:
    answer = visitor.client.post(reverse("account_reset_password"), {"email": "nobody@school.ru"})
    assert answer.status_code == 302
    assert not mail.outbox
