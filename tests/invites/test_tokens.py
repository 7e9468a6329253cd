import re
from typing import Any

import pytest

from invites import tokens
from invites.models import Invite
from tests.invites.worlds import make_7b

pytestmark = pytest.mark.django_db


@pytest.fixture
def invite() -> Invite:
    return make_7b().link()


def test_a_token_opens_its_invite_in_one_query(invite: Invite, django_assert_num_queries: Any) -> None:
    token = tokens.token_of(invite)
    with django_assert_num_queries(1):
        found = tokens.find(token)
        assert found == invite
        assert str(found)


def test_a_token_is_long_and_safe_in_an_address(invite: Invite) -> None:
    mac = tokens.token_of(invite).partition("-")[2]
    assert len(mac) * 6 >= 120
    assert re.fullmatch(r"[\w-]+", mac, re.ASCII)


def test_no_part_of_a_token_is_stored(invite: Invite) -> None:
    mac = tokens.token_of(invite).partition("-")[2]
    row = Invite.objects.filter(pk=invite.pk).values().get()
    assert not any(mac[:8] in str(value) for value in row.values())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: "zz" + token,
        lambda token: token.partition("-")[0],
        lambda token: "-" + token.partition("-")[2],
        lambda token: "9" * 400 + token,
        lambda token: "ё" + token,
        lambda token: "",
    ],
)
def test_anything_else_opens_nothing(invite: Invite, spoil: Any) -> None:
    assert tokens.find(spoil(tokens.token_of(invite))) is None


def test_a_new_nonce_or_key_makes_the_old_token_worthless(invite: Invite, settings: Any) -> None:
    token = tokens.token_of(invite)
    invite.nonce = tokens.new_nonce()
    invite.save()
    assert tokens.find(token) is None
    token = tokens.token_of(invite)
    settings.INVITE_KEY = "another"
    assert tokens.find(token) is None
