"""Who opens a WebSocket: by the session's cookie in a browser, by a token in a program. Reads the database, once."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest, parse_cookie

from . import session_digest, topics_of
from .sockets import Identity

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Credentials:
    session_key: str = ""
    token: str = ""

    @classmethod
    def of(cls, headers: list[tuple[bytes, bytes]]) -> "Credentials | None":
        """What the request's headers carry; None when they carry nothing."""
        values = {name: value.decode("latin1") for name, value in headers}
        scheme, _, token = values.get(b"authorization", "").partition(" ")
        if scheme.lower() == "token" and token:
            return cls(token=token.strip())
        key = parse_cookie(values.get(b"cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
        return cls(session_key=key) if key else None


def identify(credentials: Credentials) -> Identity | None:
    """The user and what he hears; None when the session or token is not live, or the user is disabled."""
    close_old_connections()
    try:
        user = _by_token(credentials.token) if credentials.token else _by_session(credentials.session_key)
        if user is None or not user.is_active:
            return None
        session = session_digest(credentials.session_key) if credentials.session_key else ""
        return Identity(user.pk, session, frozenset(topics_of(user)))
    finally:
        close_old_connections()


def _by_session(key: str) -> "User | None":
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    return user if user.is_authenticated else None


def _by_token(key: str) -> "User | None":
    from rest_framework.authtoken.models import Token

    token = Token.objects.select_related("user").filter(key=key).first()
    return token.user if token else None
