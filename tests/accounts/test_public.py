"""Every address of signing in is either named as public or asks to sign in."""

from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, reverse

from accounts import sign_in_urls, urls
from accounts.public import PUBLIC
from tests.accounts.conftest import Visitor

ARGUMENTS: dict[str, list[Any]] = {
    "account_confirm_email": ["some-key"],
    "account_reset_password_from_key": ["1", "some-key"],
    "mfa_edit_webauthn": [1],
    "mfa_remove_webauthn": [1],
    "accounts:end_session": [1],
}


def names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> set[str]:
    found = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found |= names(pattern.url_patterns, prefix)
        elif pattern.name:
            found.add(prefix + pattern.name)
    return found


EVERY = sorted(names(sign_in_urls.urlpatterns) | names(urls.urlpatterns, "accounts:"))  # type: ignore[arg-type]


def asks_to_sign_in(visitor: Visitor, name: str) -> bool:
    url = reverse(name, args=ARGUMENTS.get(name))
    answer = visitor.client.get(url)
    return answer.status_code == 302 and answer.headers["location"].startswith(f"{reverse('account_login')}?next=")


@pytest.mark.django_db
@pytest.mark.parametrize("name", EVERY)
def test_a_page_is_public_by_name_only(visitor: Visitor, name: str) -> None:
    assert asks_to_sign_in(visitor, name) is (name not in PUBLIC)


def test_no_public_name_is_stale() -> None:
    assert set(PUBLIC) <= set(EVERY)
