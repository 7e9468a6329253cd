from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatsConfig(AppConfig):
    name = "chats"
    verbose_name = _("Chats")

    def ready(self) -> None:
        from school.roles import roster_changed
        from sferum_portal import feed

        from .following import on_roster_changed
        from .hearing import topics

        feed.register_topics(topics)
        roster_changed.connect(on_roster_changed, dispatch_uid="chats")
