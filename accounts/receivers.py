"""allauth tells by signals that a password changed or somebody left; sessions end by our own service."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from accounts import services
from accounts.models import User
from accounts.signals import sessions_ended


def on_password_changed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Django refuses sessions older than the password; their sockets have to hear it too."""
    services.end_sessions(user, keep=request.session.session_key)


def on_logged_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None and request.session.session_key:
        sessions_ended.send(sender=User, user=user, session_keys=[request.session.session_key])


def on_authenticator_added(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Whoever has just set an app or a key up has shown it: he is not asked for it again to see the spare codes."""
    extra = {"id": authenticator.pk, "type": authenticator.type, "reauthenticated": True}
    record_authentication(request, user, "mfa", **extra)
