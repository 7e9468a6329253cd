"""What a user may do in a chat that he sees."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from school.rights import rights_of

from .models import Chat, ChatMember


class ChatDenied(PermissionDenied):
    """The chat is his, the act is not: it belongs to whoever keeps the chat."""

    code = "not_allowed_in_chat"

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))


@dataclass(frozen=True)
class Standing:
    write: bool
    manage: bool
    leave: bool


def manages(user: User, chat: Chat) -> bool:
    """The owner, a moderator, and whoever holds the right to create this chat (a new homeroom teacher, a substitute)."""
    if chat.owner_id == user.pk:
        return True
    if chat.rule.led_by_right and rights_of(user).holds(chat.rule.right, chat.scope_keys):
        return True
    known: bool | None = getattr(chat, "is_moderator", None)
    if known is None:
        known = chat.members.filter(user=user, role__gt=ChatMember.Role.MEMBER).exists()
    return known


def standing(user: User, chat: Chat) -> Standing:
    """For a chat that was read with `with_standing`: costs no query beyond the user's rights.

    Who has been taken out of it by the lists reads and does nothing else.
    """
    if getattr(chat, "until_seq", None) is not None:
        return Standing(write=False, manage=False, leave=False)
    keeps = manages(user, chat)
    return Standing(write=chat.is_open, manage=keeps, leave=chat.archived_at is None)


def require_manager(user: User, chat: Chat) -> None:
    """Raise `ChatDenied` unless the user is in the chat and keeps it. A foreign chat raises `Chat.DoesNotExist`."""
    Chat.objects.visible_to(user).only("pk").get(pk=chat.pk)
    if not manages(user, chat):
        raise ChatDenied(_("Only the owner of the chat and its moderators may do this."))
