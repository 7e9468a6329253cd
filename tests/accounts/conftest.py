import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.sms import MemoryBackend

PHONE = "+79161234567"
STRANGER = "+79990000001"
PASSWORD = "длинный-пароль-42"


@dataclass
class Visitor:
    """Somebody with a browser and a phone in the hand."""

    client: Client = field(default_factory=Client)

    def ask_code(self, phone: str = PHONE, **query: str) -> Any:
        return self.client.post(reverse("account_request_login_code", query=query or None), {"phone": phone})

    def ask_again(self) -> Any:
        return self.client.post(reverse("account_confirm_login_code"), {"action": "resend"})

    def enter(self, code: str | None = None, **data: str) -> Any:
        """Enter this code, or the one in the last message."""
        return self.client.post(reverse("account_confirm_login_code"), {"code": code or self.code, **data})

    def enter_wrong(self) -> Any:
        return self.enter("000000" if self.code != "000000" else "111111")

    def sign_in(self, phone: str = PHONE) -> None:
        self.ask_code(phone)
        self.enter()
        assert self.is_signed_in

    def use_password(self, login: str, password: str = PASSWORD) -> Any:
        return self.client.post(reverse("account_login"), {"login": login, "password": password})

    @property
    def code(self) -> str:
        found = re.search(r"\b\d{6}\b", MemoryBackend.sent[-1][1])
        assert found, MemoryBackend.sent[-1]
        return found[0]

    @property
    def is_signed_in(self) -> bool:
        return "_auth_user_id" in self.client.session


@pytest.fixture(autouse=True)
def _fresh(settings: Any) -> None:
    """Messages stay in memory: each test begins without them."""
    MemoryBackend.sent.clear()
    settings.SMS_BACKEND = "accounts.sms.MemoryBackend"
    settings.LOGIN_REDIRECT_URL = "/profile/"


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user(phone=PHONE, phone_verified=True, name="Анна Петрова")


@pytest.fixture
def user_with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user
