"""What the screens and the API show of chats, in a number of queries that does not depend on how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from accounts.models import User

from .models import Chat, ChatState, Message
from .querysets import ChatQuerySet
from .standing import Standing, standing
from .wire import message_payloads, names_in_school

PAGE = 50
LARGEST_PAGE = 200


@dataclass(frozen=True)
class Line:
    """A chat in the list: its last message (as clients get it), how many are unread, what the user may do there."""

    chat: Any
    last: dict[str, Any] | None
    standing: Standing

    @property
    def unread(self) -> int:
        return max(0, self.chat.unread)

    @property
    def counts(self) -> bool:
        """Whether what is unread here asks for attention."""
        return bool(self.unread) and not self.chat.is_muted and self.chat.archived_at is None


def lines(user: User) -> list[Line]:
    """The user's chats, the one that spoke last first, those of the archive at the end."""
    ordered = sorted(_chats(user).order_by("-active_at", "-pk"), key=lambda chat: chat.archived_at is not None)
    last = _last_messages(ordered)
    return [Line(chat, last.get(chat.pk), standing(user, chat)) for chat in ordered]


def line(user: User, pk: int) -> Line:
    """One of them. Raises `Chat.DoesNotExist`."""
    chat = _chats(user).get(pk=pk)
    return Line(chat, _last_messages([chat]).get(pk), standing(user, chat))


def _chats(user: User) -> ChatQuerySet:
    return Chat.objects.visible_to(user).with_standing(user).select_related("school")


def _last_messages(chats: Sequence[Any]) -> dict[int, dict[str, Any]]:
    heard = {chat.pk: chat.last_seq for chat in chats if chat.last_seq > chat.from_seq}
    by_school: dict[int, list[Message]] = {}
    for message in Message.objects.filter(chat__in=heard, seq=F("chat__last_seq")):
        message.reply_to = None  # a line of the list shows no quote
        by_school.setdefault(message.school_id, []).append(message)
    payloads = [p for school, messages in by_school.items() for p in message_payloads(school, messages)]
    return {payload["chat"]: payload for payload in payloads}


def messages(chat: Any, *, before: int = 0, after: int = -1, limit: int = PAGE) -> list[dict[str, Any]]:
    """A page of a chat read with `with_standing`: older than `before` and newest first, or after `after`, oldest first."""
    rows = Message.objects.filter(chat=chat, seq__gt=max(chat.from_seq, after)).select_related("reply_to")
    if before:
        rows = rows.filter(seq__lt=before)
    ordered = rows.order_by("seq" if after >= 0 else "-seq")
    return message_payloads(chat.school_id, ordered[: min(limit, LARGEST_PAGE)])


def readers(chat: Chat, since: int) -> dict[int, int]:
    """How far the others have read, by user: only those who are near the end (after `since`)."""
    rows = ChatState.objects.filter(chat=chat, read_seq__gt=since, left_at__isnull=True)
    return dict(rows.values_list("user_id", "read_seq"))


def owner_name(chat: Chat) -> str:
    return names_in_school(chat.school_id, [chat.owner_id]).get(chat.owner_id, "")
