"""The operator's command and pages; what removes logins that never proved their phone."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import User
from accounts.tasks import delete_unverified_users
from tests.accounts.conftest import PASSWORD, PHONE, STRANGER, Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(db: None) -> User:
    return services.create_operator(login="operator", password=PASSWORD)


def test_the_command_makes_an_operator(monkeypatch: pytest.MonkeyPatch, visitor: Visitor) -> None:
    monkeypatch.setenv("OPERATOR_PASSWORD", PASSWORD)
    call_command(
        "create_operator", "--login", "operator", "--phone", "8 916 123-45-67", "--no-input", stdout=StringIO()
    )
    user = User.objects.get(login="operator")
    assert (user.phone, user.is_superuser) == (PHONE, True)
    visitor.use_password("operator")
    assert visitor.client.get("/operator/").status_code == 200


def test_the_command_says_what_is_missing_or_taken(monkeypatch: pytest.MonkeyPatch, operator: User) -> None:
    monkeypatch.delenv("OPERATOR_PASSWORD", raising=False)
    with pytest.raises(CommandError):
        call_command("create_operator", "--login", "operator", "--no-input")
    monkeypatch.setenv("OPERATOR_PASSWORD", PASSWORD)
    with pytest.raises(CommandError):
        call_command("create_operator", "--login", "operator", "--no-input")


def test_the_admin_is_entered_by_our_sign_in_only(visitor: Visitor) -> None:
    assert (
        visitor.client.get("/operator/login/?next=/operator/").headers["location"].startswith(reverse("account_login"))
    )


def test_others_do_not_enter_the_admin(user: User, visitor: Visitor) -> None:
    visitor.sign_in()
    assert visitor.client.get("/operator/login/").status_code == 403


def test_the_operator_blocks_a_login_and_its_sessions_end(operator: User, user: User, visitor: Visitor) -> None:
    somebody = Visitor()
    somebody.sign_in()
    visitor.use_password("operator")
    page = reverse("admin:accounts_user_change", args=[user.pk])
    assert visitor.client.get(page).status_code == 200
    visitor.client.post(page, {"name": user.name, "phone": STRANGER, "is_staff": "on"})
    user.refresh_from_db()
    assert (user.is_active, user.phone, user.is_staff) == (False, PHONE, False)
    assert somebody.client.get(reverse("accounts:profile")).status_code == 302


@pytest.mark.parametrize("action", ["end_sessions", "remove_second_factor"])
def test_the_operator_helps(operator: User, user: User, visitor: Visitor, action: str) -> None:
    somebody = Visitor()
    somebody.sign_in()
    visitor.use_password("operator")
    data = {"action": action, "_selected_action": [user.pk]}
    answer = visitor.client.post(reverse("admin:accounts_user_changelist"), data)
    assert answer.status_code == 302
    assert somebody.client.get(reverse("accounts:profile")).status_code == 302


def test_the_operator_adds_and_deletes_nobody(operator: User, user: User, visitor: Visitor) -> None:
    visitor.use_password("operator")
    assert visitor.client.get(reverse("admin:accounts_user_add")).status_code == 403
    assert visitor.client.post(reverse("admin:accounts_user_delete", args=[user.pk])).status_code == 403


def test_unproved_phones_go_after_a_day(user: User) -> None:
    old, fresh = User.objects.create_user(phone=STRANGER), User.objects.create_user(phone="+79990000002")
    pupil = User.objects.create_user(login="petr")
    long_ago = timezone.now() - timedelta(days=1, minutes=1)
    User.objects.exclude(pk=fresh.pk).update(date_joined=long_ago)
    delete_unverified_users()
    assert set(User.objects.all()) == {user, fresh, pupil}
    assert not User.objects.filter(pk=old.pk).exists()


def test_the_sweep_is_on_the_schedule(settings: Any) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["delete-unverified-users"]
    assert entry["task"] == delete_unverified_users.name
