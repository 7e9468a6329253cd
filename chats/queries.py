"""What the screens and the API show of chats, in a number of queries that does not depend on how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.http import HttpRequest

from accounts.models import User

from .models import Chat, ChatState, Message
from .querysets import ChatQuerySet, MessageQuerySet
from .standing import standing
from .wire import message_payloads

PAGE = 50
LARGEST_PAGE = 200


@dataclass(frozen=True)
class Line:
    """A chat in the list and its last message (as clients get it)."""

    chat: Any
    last: dict[str, Any] | None

    @property
    def unread(self) -> int:
        return max(0, self.chat.unread)

    @property
    def asks_for_attention(self) -> bool:
        return bool(self.unread) and not self.chat.is_muted and self.chat.archived_at is None


@dataclass(frozen=True)
class Room:
    """An open chat: the list beside it, a page of messages (oldest first), how far the others have read."""

    lines: list[Line]
    line: Line
    messages: list[dict[str, Any]]
    readers: dict[int, int]
    has_earlier: bool


def lines(user: User) -> list[Line]:
    """The user's chats, the one that spoke last first, those of the archive at the end."""
    chats = _in_order(user)
    return _lines(chats, message_payloads(_last_messages(user, chats)))


def kept_lines(user: User) -> list[Line]:
    """The chats that the user reads although he is in them no more, by title; the last message that he may read."""
    chats = [_ended(chat) for chat in _named(Chat.objects.kept_by(user), user).order_by("title", "pk")]
    return [Line(chat, None) for chat in chats]


def line(user: User, pk: int) -> Line:
    """One of those that he may read. Raises `Chat.DoesNotExist`."""
    chat = readable_chat(user, pk)
    return _lines([chat], message_payloads(_last_messages(user, [chat])))[0]


def readable_chat(user: User, pk: int) -> Any:
    """The chat with what the user may read of it: one in which he is, or one that he has kept. Raises `Chat.DoesNotExist`."""
    return _ended(_named(Chat.objects.readable_by(user), user).get(pk=pk))


def _ended(chat: Any) -> Any:
    """For who has left the chat is as long as what he may read of it, and read."""
    if chat.until_seq is not None:
        chat.last_seq = chat.read_seq = min(chat.last_seq, chat.until_seq)
    return chat


def room(user: User, pk: int, *, before: int = 0) -> Room:
    """The chat with its newest page, or the page before a number. Raises `Chat.DoesNotExist`."""
    chats = _in_order(user)
    chat = next((chat for chat in chats if chat.pk == pk), None) or readable_chat(user, pk)
    last, page = _last_messages(user, chats), list(_page(chat, before=before, limit=PAGE + 1))
    payloads = message_payloads([*last, *page])
    every = _lines(chats, payloads[: len(last)])
    return Room(
        lines=every,
        line=next((line for line in every if line.chat.pk == pk), Line(chat, None)),
        messages=payloads[len(last) :][:PAGE][::-1],
        readers=readers(chat, chat.last_seq - PAGE),
        has_earlier=len(page) > PAGE,
    )


def _named(chats: ChatQuerySet, user: User) -> ChatQuerySet:
    return chats.with_standing(user).select_related("school", "school_class")


def _in_order(user: User) -> list[Any]:
    chats = _named(Chat.objects.visible_to(user), user).order_by("-active_at", "-pk")
    return sorted(chats, key=lambda chat: chat.archived_at is not None)


def _lines(chats: Sequence[Any], last: Sequence[dict[str, Any]]) -> list[Line]:
    by_chat = {payload["chat"]: payload for payload in last}
    return [Line(chat, by_chat.get(chat.pk)) for chat in chats]


def _last_messages(user: User, chats: Sequence[Any]) -> list[Message]:
    heard = [chat.pk for chat in chats if chat.last_seq > chat.from_seq and chat.until_seq is None]
    rows = list(Message.objects.filter(chat__in=heard, seq=F("chat__last_seq")).outside_gaps(user))
    for message in rows:
        message.reply_to = None  # a line of the list shows no quote
    return rows


def _page(chat: Any, *, before: int = 0, after: int = -1, limit: int) -> MessageQuerySet:
    rows = Message.objects.in_reach(chat).select_related("reply_to")
    if after >= 0:
        rows = rows.filter(seq__gt=after)
    if before:
        rows = rows.filter(seq__lt=before)
    return rows.order_by("seq" if after >= 0 else "-seq")[:limit]


def messages(chat: Any, *, before: int = 0, after: int = -1, limit: int = PAGE) -> list[dict[str, Any]]:
    """A page of a chat read with `with_standing`: older than `before` and newest first, or after `after`, oldest first."""
    return message_payloads(_page(chat, before=before, after=after, limit=min(limit, LARGEST_PAGE)))


def readers(chat: Chat, since: int) -> dict[int, int]:
    """How far people have read, by user: only those who are near the end (after `since`); nobody for who has left."""
    if getattr(chat, "until_seq", None) is not None:
        return {}
    rows = ChatState.objects.filter(chat=chat, read_seq__gt=since, left_at__isnull=True, until_seq__isnull=True)
    return dict(rows.values_list("user_id", "read_seq"))


def unread_chats(request: HttpRequest) -> int | ChatQuerySet:
    """What is counted beside «Чаты» in the menu; a page that shows the list has counted already."""
    counted: int | None = getattr(request, "unread_chats", None)
    if counted is not None:
        return counted
    user: Any = request.user
    return Chat.objects.visible_to(user).live().unread_by(user)


def may(user: User, chat: Any) -> dict[str, bool]:
    """What the user may do in a chat of the list."""
    return vars(standing(user, chat))
