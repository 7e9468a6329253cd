from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlatformConfig(AppConfig):
    """The ground that the apps stand on: commands that run the portal, its heartbeat, its checks."""

    name = "sferum_portal"
    label = "portal"
    verbose_name = _("Platform")

    def ready(self) -> None:
        from accounts.signals import sessions_ended

        sessions_ended.connect(close_sockets)


def close_sockets(user: Any, session_keys: list[str], **kwargs: Any) -> None:
    """A session that has ended leaves no open page behind it."""
    from sferum_portal import feed

    for session_key in session_keys:
        feed.close_user(user.pk, session_key)
