"""How far a user has read, and whether the chat may disturb him."""

from typing import Any

from django.db import transaction

from accounts.models import User
from sferum_portal import feed

from ..models import Chat, ChatState


def mark_read(*, by: User, chat_id: int, seq: int) -> int:
    """Everything up to `seq` is read; it never goes back. Returns how far the user has read.

    Raises `Chat.DoesNotExist` for a chat in which the user is not.
    """
    chat: Any = Chat.objects.visible_to(by).with_standing(by).get(pk=chat_id)
    seq = min(seq, chat.last_seq)
    if seq <= chat.read_seq:
        return int(chat.read_seq)
    with transaction.atomic():
        ChatState.objects.bulk_create([ChatState(chat=chat, user=by)], ignore_conflicts=True)
        ChatState.objects.filter(chat=chat, user=by, read_seq__lt=seq).update(read_seq=seq)
        said = {"type": "read", "chat": chat.pk, "user": by.pk, "seq": seq}
        transaction.on_commit(lambda: feed.publish(chat.topic, said))
    return seq


def set_muted(*, by: User, chat: Chat, muted: bool) -> None:
    """A muted chat does not count among what is unread."""
    Chat.objects.visible_to(by).only("pk").get(pk=chat.pk)
    ChatState.objects.update_or_create(chat=chat, user=by, defaults={"muted": muted})
