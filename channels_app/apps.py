from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsAppConfig(AppConfig):
    name = "channels_app"
    verbose_name = _("Channels")

    def ready(self) -> None:
        from school import openings, panels
        from sferum_portal import navigation

        from .panels import home_panel
        from .queries import unread_posts
        from .services import ensure_channels

        openings.register(ensure_channels)
        panels.register("home", home_panel, order=30)
        navigation.count_on("channels:list", unread_posts)
