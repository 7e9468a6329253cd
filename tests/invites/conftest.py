"""Somebody with a browser and a phone in the hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.sms import MemoryBackend
from invites import limits
from invites.models import Invite
from invites.tokens import token_of
from tests.invites.worlds import Class7B, make_7b

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PHONE = "+79161112233"


@pytest.fixture(autouse=True)
def _one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guesses are counted by ten minutes of the clock: a test is not to be run over by the next ten."""
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: 1_800_000_000.0))


@dataclass
class Visitor:
    client: Client = field(default_factory=Client)

    def signed_in(self, user: User) -> "Visitor":
        self.client.force_login(user, backend=BACKEND)
        return self

    def open(self, invite: Invite, page: str = "join") -> Any:
        return self.client.get(reverse(f"invites:{page}", args=[token_of(invite)]))

    def send(self, invite: Invite, page: str = "join", **data: Any) -> Any:
        return self.client.post(reverse(f"invites:{page}", args=[token_of(invite)]), data)

    def prove_phone(self, invite: Invite, phone: str = PHONE) -> Any:
        """The second step: the phone, and the code out of the message."""
        answer = self.send(invite, "join_phone", phone=phone)
        assert answer.status_code == 302
        found = re.search(r"\b\d{6}\b", MemoryBackend.sent[-1][1])
        assert found
        back = reverse("invites:join", args=[token_of(invite)])
        return self.client.post(answer.url, {"code": found[0], "next": back})


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    MemoryBackend.sent.clear()
    yield Visitor()
    MemoryBackend.sent.clear()


@pytest.fixture
def world(db: None) -> Class7B:
    return make_7b()
