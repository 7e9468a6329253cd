from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatsConfig(AppConfig):
    name = "chats"
    verbose_name = _("Chats")

    def ready(self) -> None:
        from school import companions, consequences, succession
        from school import panels as school_pages
        from school.roles import roster_changed
        from sferum_portal import feed, navigation

        from . import panels, rollover
        from .following import on_roster_changed
        from .hearing import topics
        from .leaving import tell_of_chats
        from .models import Chat, ChatAudience, ChatMember
        from .queries import unread_chats

        feed.register_topics(topics)
        roster_changed.connect(on_roster_changed, dispatch_uid="chats")
        companions.remember(
            *(Chat, "school_class_id", "study_group_id", "title", "owner_id", "read_only", "archived_at"),
        )
        companions.remember(ChatAudience, "group_id")
        companions.remember(ChatMember, "via_id")
        succession.register(rollover.follow, rollover.foresee)
        consequences.register_teller(tell_of_chats, order=20)
        navigation.count_on("chats:list", unread_chats)
        school_pages.register("class", panels.class_panel, order=20)
        school_pages.register("school", panels.school_panel, order=40)
        school_pages.register("home", panels.home_panel, order=10)
