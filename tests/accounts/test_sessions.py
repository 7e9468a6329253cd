"""Where the account is open, and how it is closed there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.devices import describe_device
from accounts.models import User
from accounts.signals import sessions_ended
from tests.accounts.conftest import PASSWORD, PHONE, Visitor

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.fixture
def ended() -> Iterator[list[str]]:
    """Keys of the sessions that the feed was told about."""
    heard: list[str] = []

    def hear(session_keys: list[str], **kwargs: Any) -> None:
        heard.extend(session_keys)

    sessions_ended.connect(hear)
    yield heard
    sessions_ended.disconnect(hear)


@pytest.fixture
def here(user_with_password: User) -> Visitor:
    visitor = Visitor()
    visitor.client.defaults["HTTP_USER_AGENT"] = CHROME
    visitor.sign_in()
    return visitor


@pytest.fixture
def there(here: Visitor) -> Visitor:
    visitor = Visitor()
    visitor.use_password(PHONE)
    assert visitor.is_signed_in
    return visitor


def is_open(visitor: Visitor) -> bool:
    return visitor.client.get(reverse("accounts:profile")).status_code == 200


def test_devices_are_listed_in_words(here: Visitor) -> None:
    page = here.client.get(reverse("usersessions_list")).content.decode()
    assert "Chrome, Windows" in page
    assert "Это устройство" in page


def test_one_session_is_ended(
    here: Visitor, there: Visitor, ended: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    key = there.client.session.session_key
    session = UserSession.objects.get(session_key=key)
    with django_capture_on_commit_callbacks(execute=True):
        here.client.post(reverse("accounts:end_session", args=[session.pk]))
    assert not is_open(there)
    assert is_open(here)
    assert ended == [key]


def test_all_the_others_are_ended(here: Visitor, there: Visitor) -> None:
    here.client.post(reverse("usersessions_list"))
    assert not is_open(there)
    assert is_open(here)


def test_somebody_elses_session_is_not_found(here: Visitor) -> None:
    stranger = Visitor()
    stranger.client.force_login(
        User.objects.create_user(login="boris"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    session = UserSession.objects.get()
    assert stranger.client.post(reverse("accounts:end_session", args=[session.pk])).status_code == 404
    assert is_open(here)


def test_a_session_is_not_ended_by_a_link(here: Visitor) -> None:
    session = UserSession.objects.get()
    assert here.client.get(reverse("accounts:end_session", args=[session.pk])).status_code == 405


def test_a_new_password_ends_the_other_sessions(
    here: Visitor, there: Visitor, ended: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    key = there.client.session.session_key
    new = {"password1": "совсем-новый-пароль-1", "password2": "совсем-новый-пароль-1"}
    with django_capture_on_commit_callbacks(execute=True):
        here.client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, **new})
    assert not is_open(there)
    assert is_open(here)
    assert key in ended


def test_a_password_given_by_staff_ends_every_session(here: Visitor, there: Visitor, user: User) -> None:
    services.set_password_for(user, "выданный-пароль-9", by=user)
    assert not is_open(here)
    assert not is_open(there)


def test_signing_out_is_heard(here: Visitor, ended: list[str]) -> None:
    key = here.client.session.session_key
    here.client.post(reverse("account_logout"))
    assert not here.is_signed_in
    assert ended == [key]


def test_signing_out_needs_a_post(here: Visitor) -> None:
    here.client.get(reverse("account_logout"))
    assert here.is_signed_in


def test_a_request_costs_two_queries_and_a_touch_once_a_minute(
    here: Visitor, user: User, settings: Any, django_assert_max_num_queries: Any
) -> None:
    """Session, user; the note «was here» only when it is a minute old."""
    settings.SECOND_FACTOR_REQUIRED = ""
    url = reverse("account_login")  # leads on whoever is signed in: draws nothing
    User.objects.update(last_seen_at=None)
    with django_assert_max_num_queries(3):
        here.client.get(url)
    with django_assert_max_num_queries(2):
        here.client.get(url)
    User.objects.update(last_seen_at=timezone.now() - timedelta(seconds=61))
    here.client.get(url)
    user.refresh_from_db()
    assert user.last_seen_at
    assert timezone.now() - user.last_seen_at < timedelta(seconds=10)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (CHROME, "Chrome, Windows"),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 YaBrowser/24 Mobile",
            "Яндекс Браузер, Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("curl/8", "Неизвестное устройство"),
        ("", "Неизвестное устройство"),
    ],
)
def test_a_browser_in_two_words(user_agent: str, words: str) -> None:
    assert describe_device(user_agent) == words
