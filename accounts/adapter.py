"""allauth's hooks: phones of our users, our texts, our sign-up rule."""

import base64
import hashlib
from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import services
from accounts.models import User
from accounts.phones import PhoneField
from accounts.sms import send_sms


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": gettext_lazy("The sign-in name or the password is wrong."),
        "email_password_mismatch": gettext_lazy("The sign-in name or the password is wrong."),
        "phone_password_mismatch": gettext_lazy("The sign-in name or the password is wrong."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait a few minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come by an invite; the page says how to get one."""
        return False

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        if not services.free_email(email_address.email, owner=email_address.user):
            self.add_message(
                request, messages.ERROR, message=_("This address belongs to another account: %s") % email_address.email
            )
            return False
        confirmed: bool = super().confirm_email(request, email_address)
        return confirmed

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("accounts:profile")

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": _("Confirm with the password"),
            "mfa_reauthenticate": _("Confirm with a code from the app"),
            "mfa_reauthenticate:webauthn": _("Confirm with a key"),
        }
        return [{**way, "description": words[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(**kwargs)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        services.verify_phone(user, phone)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        send_sms(phone, _("%(code)s is your code for the school portal. Tell it to nobody.") % {"code": code})

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        text = _(
            "Somebody tried to sign in to the school portal with this number. It is not known there: ask the "
            "homeroom teacher for an invite."
        )
        send_sms(phone, text)

    def send_account_already_exists_sms(self, phone: str) -> None:
        send_sms(phone, _("This number already has an account on the school portal: sign in with it."))


class SessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        services.drop_sessions(list(sessions))


class MfaAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps are stored encrypted under the installation's secret."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = (hashlib.sha256(b"accounts.mfa:" + secret.encode()).digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
