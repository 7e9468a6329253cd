from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlatformConfig(AppConfig):
    """The ground that the apps stand on: commands that run the portal, its heartbeat, its checks."""

    name = "sferum_portal"
    label = "portal"
    verbose_name = _("Platform")
