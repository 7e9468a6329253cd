"""Every write to a login. Who may do it is asked by the caller: accounts knows no school and no role."""

import contextlib
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import EmailAddress, Login
from allauth.core import ratelimit
from allauth.core.exceptions import RateLimited
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.logins import check_login, login_candidates
from accounts.models import User
from accounts.names import clean_name
from accounts.phones import normalize_phone
from accounts.signals import sessions_ended
from accounts.sms import SmsNotSent, send_sms

UNVERIFIED_KEPT = timedelta(days=1)


def start_phone_code(request: HttpRequest, phone: str, *, create: bool, next_url: str | None) -> HttpResponse:
    """Send a code to the phone and answer with the page that asks for it; after the code the visitor is at next_url.

    `create` lets an unknown phone in (it gets a login without a password, verified by the code); without it an unknown
    phone sees the same page and gets a message that it is unknown. Raises ValidationError for what is not a phone,
    RateLimited and SmsNotSent (`accounts.middleware` turns both into a page).
    """
    if request.user.is_authenticated:
        return HttpResponseRedirect(next_url or resolve_url(settings.LOGIN_REDIRECT_URL))
    phone = normalize_phone(phone)
    if not ratelimit.consume(request, action="request_login_code", key=phone):
        raise RateLimited
    user = User.objects.filter(phone=phone).first()
    if user is None and (create or is_phone_awaited(phone)):
        user = create_unverified_user(phone)
    LoginCodeVerificationProcess.initiate(request=request, user=user, phone=phone)
    url = reverse("account_confirm_login_code")
    return HttpResponseRedirect(f"{url}?{urlencode({'next': next_url})}" if next_url else url)


def is_phone_awaited(phone: str) -> bool:
    """Does another app wait for this phone (`settings.AWAITED_PHONES`: paths of functions phone -> bool)?"""
    return any(import_string(path)(phone) for path in settings.AWAITED_PHONES)


def create_unverified_user(phone: str) -> User:
    """The login of a phone that has still to prove itself. It has no password, so nobody can leave one in it."""
    try:
        with transaction.atomic():
            return User.objects.create_user(phone=phone)
    except IntegrityError:
        return User.objects.get(phone=phone)


def verify_phone(user: User, phone: str) -> None:
    """The user has shown the code sent to the phone: the number is his.

    A password or session older than the proof was left by somebody else, so it ends here.
    """
    old = user.phone if user.phone_verified else None
    claimed = user.phone == phone and not user.phone_verified
    with transaction.atomic():
        if claimed and user.has_usable_password():
            user.set_unusable_password()
        forget_unproved_phone(phone, but=user)
        user.phone, user.phone_verified = phone, True
        user.save(update_fields=["phone", "phone_verified", "password"])
    if claimed:
        end_sessions(user)
    if old and old != phone:
        transaction.on_commit(lambda: _tell_old_phone(old))


def forget_unproved_phone(phone: str, *, but: User | None) -> None:
    """Somebody else's login that holds this number without ever having proved it must not block its owner."""
    stubs = User.objects.unproved().filter(phone=phone)
    (stubs.exclude(pk=but.pk) if but else stubs).delete()


def free_email(email: str, *, owner: User) -> bool:
    """The owner has proved the address. Another login that only wrote it down loses it; False where it is that login's
    proved address or its only name to sign in by."""
    other = User.objects.filter(email=email).exclude(pk=owner.pk).first()
    if other is None:
        return True
    if EmailAddress.objects.filter(user=other, email=email, verified=True).exists() or not (other.phone or other.login):
        return False
    other.email = None
    other.save(update_fields=["email"])
    return True


def _tell_old_phone(phone: str) -> None:
    text = _("The phone of your account on the school portal was changed. If it was not you, tell the school at once.")
    with contextlib.suppress(SmsNotSent):
        send_sms(phone, text)


def create_login(*, by: User, name: str, login: str | None = None, password: str | None = None) -> User:
    """A login for somebody without a phone. Without `login` one is made from the name («petrov.ivan», «petrov.ivan2»).

    `by` is the caller who has already been allowed to. Raises ValidationError for a taken or unclear login and for a
    weak password; without a password the user cannot sign in until `set_password_for`.
    """
    name = clean_name(name)
    if login is not None:
        login = check_login(login)
    for candidate in [login] if login else login_candidates(name):
        user = User(login=candidate, name=name)
        _set_password(user, password)
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError:
            continue
        return user
    raise ValidationError(_("This sign-in name is taken."), code="login_taken")


def sign_in(request: HttpRequest, user: User, *, next_url: str) -> HttpResponse:
    """Sign in somebody who has just been given a login by a service, in allauth's way (second step, list of sessions)."""
    return perform_login(request, Login(user=user, redirect_url=next_url))


def set_password_for(user: User, password: str, *, by: User) -> None:
    """A new password given by staff (`by` has been allowed to): the old sessions end."""
    _set_password(user, password)
    user.save(update_fields=["password"])
    end_sessions(user)


def _set_password(user: User, password: str | None) -> None:
    if password is not None:
        validate_password(password, user)
    user.set_password(password)


def create_operator(*, login: str, password: str, phone: str | None = None) -> User:
    """The operator of the installation, who vouches for his own phone. Raises ValidationError."""
    user = User(login=check_login(login), name=login, is_staff=True, is_superuser=True)
    if phone:
        user.phone, user.phone_verified = normalize_phone(phone), True
    _set_password(user, password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise ValidationError(_("This sign-in name or phone is taken."), code="login_taken") from error
    return user


def remove_second_factor(user: User, *, by: User) -> None:
    """For a person who lost the device (`by` has been allowed to): authenticators go, sessions end."""
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)


def change_name(*, by: User, name: str) -> None:
    """The name shown to others. Raises ValidationError for what is not a name."""
    by.name = clean_name(name)
    by.save(update_fields=["name"])


def end_sessions(user: User, *, keep: str | None = None) -> None:
    """End the user's sessions everywhere, except the one with the key `keep`; open sockets hear it."""
    drop_sessions(list(UserSession.objects.filter(user=user).exclude(session_key=keep or "")))


def drop_sessions(sessions: Iterable[UserSession]) -> None:
    """End these sessions and say so, once for each user."""
    ended: dict[User, list[str]] = {}
    for session in sessions:
        session.end()
        ended.setdefault(session.user, []).append(session.session_key)
    for user, keys in ended.items():
        transaction.on_commit(lambda user=user, keys=keys: _announce(user, keys))  # type: ignore[misc]


def _announce(user: User, keys: list[str]) -> None:
    sessions_ended.send(sender=User, user=user, session_keys=keys)


def touch_last_seen(user: User) -> None:
    """Note that the user is here, at most once a minute, with one UPDATE and no read."""
    now = timezone.now()
    if user.last_seen_at is None or now - user.last_seen_at > timedelta(minutes=1):
        User.objects.filter(pk=user.pk).update(last_seen_at=now)
        user.last_seen_at = now


def delete_unverified_users() -> int:
    """Remove logins whose phone was never proved within a day; one with a role is waited for. Returns how many."""
    stale = User.objects.unproved().filter(groups=None, date_joined__lt=timezone.now() - UNVERIFIED_KEPT)
    return stale.delete()[1].get(User._meta.label, 0)
