"""What travels to clients, by the API and by the feed alike: one shape of a message."""

from collections.abc import Iterable
from typing import Any

from django.utils.timezone import localtime

from accounts.models import User
from school.models import Person

from .models import Message

QUOTE_LENGTH = 140


def message_payload(message: Message, author_name: str, quoted_author: str = "") -> dict[str, Any]:
    """A message for anybody in its chat; `reply_to` must be loaded where there is one."""
    return {
        "chat": message.chat_id,
        "id": message.pk,
        "seq": message.seq,
        "author": {"id": message.author_id, "name": author_name},
        "text": message.text,
        "reply_to": _quote(message.reply_to, quoted_author) if message.reply_to_id else None,
        "client_key": message.client_key,
        "created_at": localtime(message.created_at).isoformat(timespec="milliseconds"),
        "edited_at": localtime(message.edited_at).isoformat(timespec="milliseconds") if message.edited_at else None,
        "deleted": message.deleted_at is not None,
    }


def _quote(message: Message | None, author_name: str) -> dict[str, Any] | None:
    if message is None:
        return None
    return {
        "id": message.pk,
        "seq": message.seq,
        "author": {"id": message.author_id, "name": author_name},
        "text": message.text[:QUOTE_LENGTH],
        "deleted": message.deleted_at is not None,
    }


def message_payloads(school_id: int, messages: Iterable[Message]) -> list[dict[str, Any]]:
    """The same for many, read with `select_related("reply_to")`: one more query, for the names."""
    messages = list(messages)
    authors = {m.author_id for m in messages} | {m.reply_to.author_id for m in messages if m.reply_to}
    names = names_in_school(school_id, authors)
    return [message_payload(m, names[m.author_id], names[m.reply_to.author_id] if m.reply_to else "") for m in messages]


def names_in_school(school_id: int, user_ids: Iterable[int]) -> dict[int, str]:
    """How the school's lists call these users; somebody who is in no list any more has the name of his login."""
    ids = set(user_ids)
    names = {p.user_id: p.full_name for p in Person.objects.filter(school=school_id, user__in=ids) if p.user_id}
    strangers = User.objects.filter(pk__in=missing) if (missing := ids - names.keys()) else ()
    return names | {user.pk: str(user) for user in strangers}
