"""What travels to clients, by the API and by the feed alike: one shape of a message."""

from collections.abc import Iterable, Iterator
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


def message_payloads(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """The same for many, read with `select_related("reply_to")`: one more query, for the names.

    Where a message `hides_quote`, what it answers is not this reader's to see: it goes without.
    """
    messages = list(messages)
    for message in messages:
        if getattr(message, "hides_quote", False):
            message.reply_to = None
    names = names_of((m.school_id, m.author_id) for m in _with_quoted(messages))
    return [
        message_payload(
            m,
            names[m.school_id, m.author_id],
            names[m.school_id, m.reply_to.author_id] if m.reply_to else "",
        )
        for m in messages
    ]


def _with_quoted(messages: Iterable[Message]) -> Iterator[Message]:
    for message in messages:
        yield message
        if message.reply_to:
            yield message.reply_to


def names_of(people: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """How the lists of a school call a user, by (school, user); who is in no list any more has the name of his login."""
    pairs = set(people)
    schools, users = {school for school, _user in pairs}, {user for _school, user in pairs}
    listed = Person.objects.filter(school__in=schools, user__in=users)
    names = {(p.school_id, p.user_id): p.full_name for p in listed if p.user_id}
    if missing := pairs - names.keys():
        logins = {user.pk: str(user) for user in User.objects.filter(pk__in={user for _school, user in missing})}
        names |= {pair: logins[pair[1]] for pair in missing}
    return names
