"""One phone form for everybody: known or not, the visitor sees the same."""

import re
from typing import Any

import pytest

from accounts.models import User
from accounts.phones import display_phone
from accounts.sms import MemoryBackend
from tests.accounts.conftest import PASSWORD, PHONE, STRANGER, Visitor

pytestmark = pytest.mark.django_db


def awaits_stranger(phone: str) -> bool:
    return phone == STRANGER


def code_page(visitor: Visitor, phone: str) -> str:
    """The page after asking, without what differs by nature."""
    answer = visitor.ask_code(phone)
    assert answer.status_code == 302
    page = visitor.client.get(answer.url).content.decode().replace(display_phone(phone), "PHONE")
    return re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', "", page)


def test_a_code_opens_the_account(user: User, visitor: Visitor) -> None:
    assert visitor.ask_code("8 (916) 123-45-67").url == "/accounts/login/code/confirm/"
    assert visitor.enter().url == "/profile/"
    assert visitor.is_signed_in


def test_the_way_goes_on_to_next(user: User, visitor: Visitor) -> None:
    assert "next=%2Fdev%2Foutbox%2F" in visitor.ask_code(next="/dev/outbox/").url
    assert visitor.enter(next="/dev/outbox/").url == "/dev/outbox/"


def test_next_never_leads_to_another_site(user: User, visitor: Visitor) -> None:
    visitor.ask_code(next="https://evil.example/")
    assert visitor.enter(next="https://evil.example/").url == "/profile/"


def test_three_wrong_codes_end_the_attempt(user: User, visitor: Visitor) -> None:
    visitor.ask_code()
    for _attempt in range(3):
        visitor.enter_wrong()
    visitor.enter()
    assert not visitor.is_signed_in


def test_an_unknown_phone_sees_the_same_page(user: User) -> None:
    assert code_page(Visitor(), PHONE) == code_page(Visitor(), STRANGER)
    assert [phone for phone, _text in MemoryBackend.sent] == [PHONE, STRANGER]
    assert not any(char.isdigit() for char in MemoryBackend.sent[1][1])
    assert not User.objects.filter(phone=STRANGER).exists()


def test_an_unknown_phone_may_ask_again_and_guess_like_a_known_one(visitor: Visitor) -> None:
    visitor.ask_code(STRANGER)
    assert visitor.ask_again().status_code == 302
    assert [visitor.enter("123456").status_code for _attempt in range(3)] == [200, 200, 302]


def test_a_new_code_replaces_the_old_one(user: User, visitor: Visitor) -> None:
    visitor.ask_code()
    old = visitor.code
    visitor.ask_again()
    assert len(MemoryBackend.sent) == 2
    if old != visitor.code:
        visitor.enter(old)
        assert not visitor.is_signed_in
    visitor.enter()
    assert visitor.is_signed_in


def test_an_awaited_phone_gets_its_login(settings: Any, visitor: Visitor) -> None:
    settings.AWAITED_PHONES = [f"{__name__}.awaits_stranger"]
    visitor.sign_in(STRANGER)
    assert User.objects.get(phone=STRANGER).phone_verified


@pytest.mark.urls("tests.accounts.join_urls")
def test_an_invite_lets_an_unknown_phone_in(visitor: Visitor) -> None:
    answer = visitor.client.post("/join/", {"phone": "8 999 000-00-01"})
    newcomer = User.objects.get(phone=STRANGER)
    assert not newcomer.phone_verified
    assert not newcomer.has_usable_password()
    assert answer.headers["location"] == "/accounts/login/code/confirm/?next=%2Fwelcome%2F"
    assert visitor.enter(next="/welcome/").url == "/welcome/"
    newcomer.refresh_from_db()
    assert newcomer.phone_verified


@pytest.mark.urls("tests.accounts.join_urls")
def test_an_invite_asks_a_known_phone_for_a_code_too(user: User, visitor: Visitor) -> None:
    visitor.client.post("/join/", {"phone": PHONE})
    visitor.enter()
    assert visitor.is_signed_in
    assert User.objects.count() == 1


@pytest.mark.urls("tests.accounts.join_urls")
def test_whoever_is_signed_in_goes_on_without_a_code(user: User, visitor: Visitor) -> None:
    visitor.client.force_login(user)
    assert visitor.client.post("/join/", {"phone": STRANGER}).headers["location"] == "/welcome/"
    assert not MemoryBackend.sent


def test_a_password_left_before_the_proof_does_not_survive_it(visitor: Visitor) -> None:
    victim = User.objects.create_user(phone=PHONE, password=PASSWORD)
    visitor.sign_in()
    victim.refresh_from_db()
    assert not victim.has_usable_password()
    attacker = Visitor()
    attacker.use_password(PHONE)
    assert not attacker.is_signed_in


def test_a_blocked_account_stays_closed(user: User, visitor: Visitor) -> None:
    User.objects.update(is_active=False)
    visitor.ask_code()
    visitor.enter()
    assert not visitor.is_signed_in


@pytest.mark.parametrize("phone", ["", "12", "вася", "+7 916"])
def test_a_wrong_phone_is_told_so(visitor: Visitor, phone: str) -> None:
    answer = visitor.ask_code(phone)
    assert answer.status_code == 200
    assert answer.context["code_form"].errors["phone"]


def test_a_silent_provider_is_said_on_the_form(user: User, settings: Any, visitor: Visitor) -> None:
    settings.SMS_BACKEND, settings.SMS_HTTP = "accounts.sms.HttpBackend", {}
    answer = visitor.ask_code()
    assert answer.status_code == 200
    assert answer.context["code_form"].errors["phone"]
