"""My name, my phone, my e-mail."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from accounts.models import User
from accounts.sms import MemoryBackend
from tests.accounts.conftest import PASSWORD, PHONE, STRANGER, Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(user: User) -> Visitor:
    visitor = Visitor()
    visitor.sign_in()
    MemoryBackend.sent.clear()
    return visitor


def ask_to_change(visitor: Visitor, phone: str) -> Any:
    return visitor.client.post(reverse("account_change_phone"), {"phone": phone})


def prove(visitor: Visitor, code: str | None = None) -> Any:
    return visitor.client.post(reverse("account_verify_phone"), {"code": code or visitor.code})


@pytest.mark.parametrize("name", ["Жанна д'Арк", "Петрова-Водкина Анна"])
def test_the_name_is_changed(me: Visitor, user: User, name: str) -> None:
    assert me.client.post(reverse("accounts:profile"), {"name": f" {name} "}).status_code == 302
    user.refresh_from_db()
    assert user.name == name
    assert name.replace("'", "&#x27;") in me.client.get(reverse("accounts:profile")).content.decode()


@pytest.mark.parametrize("name", ["", "Анна 😀", "<script>alert(1)</script>", "я" * 201])
def test_a_name_that_is_none_is_refused_in_words(me: Visitor, user: User, name: str) -> None:
    answer = me.client.post(reverse("accounts:profile"), {"name": name})
    assert answer.status_code == 200
    assert answer.context["form"].errors["name"]
    user.refresh_from_db()
    assert user.name == "Анна Петрова"


def test_the_phone_is_changed_with_a_code(me: Visitor, user: User, django_capture_on_commit_callbacks: Any) -> None:
    ask_to_change(me, "8 999 000-00-01")
    user.refresh_from_db()
    assert user.phone == PHONE
    assert MemoryBackend.sent[-1][0] == STRANGER
    with django_capture_on_commit_callbacks(execute=True):
        prove(me)
    user.refresh_from_db()
    assert (user.phone, user.phone_verified) == (STRANGER, True)
    assert MemoryBackend.sent[-1][0] == PHONE  # the old number is told


def test_a_wrong_code_changes_nothing(me: Visitor, user: User) -> None:
    ask_to_change(me, STRANGER)
    for _attempt in range(3):
        prove(me, "000000" if me.code != "000000" else "111111")
    prove(me)
    user.refresh_from_db()
    assert user.phone == PHONE


def test_the_phone_of_another_is_not_taken(me: Visitor, user: User) -> None:
    other = User.objects.create_user(phone=STRANGER, phone_verified=True)
    ask_to_change(me, STRANGER)
    assert prove(me).context["form"].errors["code"]
    user.refresh_from_db()
    other.refresh_from_db()
    assert (user.phone, other.phone) == (PHONE, STRANGER)


def test_a_phone_that_nobody_proved_is_free(me: Visitor, user: User) -> None:
    User.objects.create_user(phone=STRANGER)
    ask_to_change(me, STRANGER)
    prove(me)
    user.refresh_from_db()
    assert user.phone == STRANGER
    assert User.objects.count() == 1


def test_the_same_phone_is_said(me: Visitor) -> None:
    assert ask_to_change(me, PHONE).context["form"].errors["phone"]


def test_a_pupil_adds_a_phone_and_keeps_the_password(db: None, visitor: Visitor) -> None:
    pupil = User.objects.create_user(login="petr", password=PASSWORD)
    visitor.use_password("petr")
    visitor.client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    ask_to_change(visitor, PHONE)
    prove(visitor)
    pupil.refresh_from_db()
    assert pupil.phone == PHONE
    assert pupil.check_password(PASSWORD)
    assert visitor.is_signed_in


def test_an_email_is_added_and_confirmed_by_a_post(me: Visitor, user: User) -> None:
    me.client.post(reverse("account_email"), {"email": "Anna@School.ru", "action_add": "1"})
    link = next(word for word in mail.outbox[0].body.split() if "/confirm-email/" in word)
    me.client.get(link)
    assert not EmailAddress.objects.get(user=user).verified
    me.client.post(link)
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified) == ("anna@school.ru", True)
    user.refresh_from_db()
    assert user.email == "anna@school.ru"


def test_two_people_without_an_email_do_not_collide(user: User) -> None:
    for login in ("a", "b"):
        other = User.objects.create_user(login=login, email="")
        assert other.email is None


def confirm(visitor: Visitor, email: str) -> Any:
    """Add an address and follow the link in the letter."""
    visitor.client.post(reverse("account_email"), {"email": email, "action_add": "1"})
    link = next(word for word in mail.outbox[-1].body.split() if "/confirm-email/" in word)
    return visitor.client.post(link)


def test_an_email_that_another_only_wrote_down_goes_to_its_owner(me: Visitor, user: User) -> None:
    other = User.objects.create_user(login="boris", email="boris@school.ru")
    assert confirm(me, "boris@school.ru").status_code == 302
    user.refresh_from_db()
    other.refresh_from_db()
    assert (user.email, other.email) == ("boris@school.ru", None)


@pytest.mark.parametrize("verified", [True, False])
def test_an_email_that_another_lives_by_stays_his(me: Visitor, user: User, verified: bool) -> None:
    other = User.objects.create_user(login="boris" if verified else None, email="boris@school.ru")
    if verified:
        EmailAddress.objects.create(user=other, email="boris@school.ru", verified=True, primary=True)
    assert confirm(me, "boris@school.ru").status_code in (200, 302)
    user.refresh_from_db()
    other.refresh_from_db()
    assert (user.email, other.email) == (None, "boris@school.ru")
