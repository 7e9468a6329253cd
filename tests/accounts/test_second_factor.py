"""An authenticator app: set up, asked for after a password and after a code; recovery codes; demanded of staff."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.urls import reverse

from accounts import services
from accounts.models import User
from tests.accounts.conftest import PASSWORD, PHONE, Visitor

pytestmark = pytest.mark.django_db


def demand_of_everybody(user: User) -> bool:
    return True


def code_of(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def turn_on(visitor: Visitor) -> str:
    """Set the app up as the page says; the secret."""
    page = visitor.client.get(reverse("mfa_activate_totp"))
    secret: str = page.context["form"].secret
    answer = visitor.client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    return secret


@pytest.fixture
def secret(user: User) -> str:
    """The user has an app."""
    visitor = Visitor()
    visitor.sign_in()
    return turn_on(visitor)


def test_the_secret_is_stored_encrypted(user: User, secret: str) -> None:
    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    assert secret not in str(stored.data)


@pytest.mark.parametrize("way", ["code", "password"])
def test_the_app_is_asked_for_after_a_code_and_after_a_password(user: User, secret: str, way: str) -> None:
    user.set_password(PASSWORD)
    user.save()
    cache.clear()  # a code works once, and this one was used at the set-up
    visitor = Visitor()
    if way == "code":
        visitor.ask_code()
        answer = visitor.enter()
    else:
        answer = visitor.use_password(PHONE)
    assert answer.url == reverse("mfa_authenticate")
    assert not visitor.is_signed_in
    assert visitor.client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    visitor.client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert visitor.is_signed_in


def test_a_recovery_code_works_once(user: User, secret: str) -> None:
    spare = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()[0]
    for expected in (True, False):
        visitor = Visitor()
        visitor.ask_code()
        visitor.enter()
        visitor.client.post(reverse("mfa_authenticate"), {"code": spare})
        assert visitor.is_signed_in is expected


def test_a_lost_device_is_helped(user: User, secret: str) -> None:
    services.remove_second_factor(user, by=user)
    Visitor().sign_in()


def test_setting_up_asks_for_the_password_again(user_with_password: User, visitor: Visitor) -> None:
    visitor.use_password(PHONE)
    answer = visitor.client.get(reverse("mfa_activate_totp"))
    assert answer.headers["location"].startswith(reverse("account_reauthenticate"))
    visitor.client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    turn_on(visitor)


def test_nothing_is_demanded_by_default(user: User, visitor: Visitor, django_assert_max_num_queries: Any) -> None:
    visitor.sign_in()
    assert visitor.client.get(reverse("accounts:profile")).status_code == 200


def test_whoever_must_have_a_second_factor_is_led_to_it(user: User, visitor: Visitor, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = f"{__name__}.demand_of_everybody"
    visitor.sign_in()
    sessions = reverse("usersessions_list")
    assert visitor.client.get(sessions).headers["location"] == reverse("mfa_index")
    assert "второй шаг" in visitor.client.get(reverse("mfa_index")).content.decode()
    assert visitor.client.get(reverse("accounts:profile")).status_code == 200
    refused = visitor.client.get(reverse("api:schema"))
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_required")
    turn_on(visitor)
    assert visitor.client.get(sessions).status_code == 200


def test_the_demand_costs_nothing_on_most_requests(
    user: User, visitor: Visitor, settings: Any, django_assert_max_num_queries: Any
) -> None:
    visitor.sign_in()
    turn_on(visitor)
    visitor.client.get(reverse("account_login"))
    cache.clear()
    settings.SECOND_FACTOR_REQUIRED = f"{__name__}.demand_of_everybody"
    url = reverse("account_login")  # leads on whoever is signed in: draws nothing
    visitor.client.get(url)
    with django_assert_max_num_queries(2):
        visitor.client.get(url)
