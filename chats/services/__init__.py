"""Every write to chats. A read-only, foreign or archived chat is refused here, whoever calls."""

from .lifecycle import archive_chat, create_chat, edit_chat, restore_chat
from .membership import add_members, leave_chat, rejoin_chat, remove_member, set_moderator
from .messages import delete_message, edit_message, send_message
from .reading import mark_read, set_muted

__all__ = [
    "add_members",
    "archive_chat",
    "create_chat",
    "delete_message",
    "edit_chat",
    "edit_message",
    "leave_chat",
    "mark_read",
    "rejoin_chat",
    "remove_member",
    "restore_chat",
    "send_message",
    "set_moderator",
    "set_muted",
]
