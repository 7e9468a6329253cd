"""Saying something, correcting it, taking it back.

Sending is the hottest write of the portal: the access, the repeat and the author's name are one query, then one UPDATE and
one INSERT in a transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from school.errors import Refusal
from school.eventlog import record
from school.models import EventKind, Person
from sferum_portal import feed

from ..history import is_hidden_from_somebody
from ..models import Chat, Message
from ..standing import ChatDenied, manages
from ..texts import clean_text
from ..wire import message_payload, message_payloads, names_of

KEY_LENGTH = 64


@dataclass(frozen=True)
class Sent:
    """`payload` is the message as clients get it; `is_new` is False when this client key has been seen."""

    payload: dict[str, Any]
    is_new: bool


def send_message(*, by: User, chat_id: int, text: str, client_key: str = "", reply_to: int | None = None) -> Sent:
    """Say `text` in the chat; `reply_to` is the id of a message there, `client_key` makes a repeat harmless.

    Raises `Chat.DoesNotExist` for a chat in which the user is not; `Refusal` (chat_archived, chat_read_only,
    empty_message, message_too_long, forbidden_link, no_such_message, bad_client_key).
    """
    key = _checked_key(client_key or uuid4().hex)
    chat = _enter(by, chat_id, key)
    if chat.sent_before:
        return _repeated(by, chat, key)
    require_open(chat)
    message = Message(chat=chat, school_id=chat.school_id, author=by, client_key=key, text=clean_text(text))
    quoted_author = _quote(message, by, reply_to) if reply_to else ""
    partial = message.reply_to is not None and is_hidden_from_somebody(chat.pk, message.reply_to.seq)
    author_name = " ".join(chat.author_name.split()) if chat.author_name else str(by)
    try:
        with transaction.atomic():
            message.created_at = timezone.now()
            message.seq = _next_number(chat, message)
            message.save(force_insert=True)
            payload = message_payload(message, author_name, quoted_author)
            _publish("message", {**payload, "reply_to": None, "partial": True} if partial else payload)
    except IntegrityError:  # the same key came twice at the same moment: the other one has written it
        return _repeated(by, chat, key)
    return Sent(payload, is_new=True)


def _checked_key(key: str) -> str:
    if len(key) > KEY_LENGTH or not key.isprintable():
        raise Refusal(_("The client key is up to 64 characters."), code="bad_client_key", field="client_key")
    return key


def _enter(by: User, chat_id: int, key: str) -> Any:
    """The chat, with the author's name in the school and the id of what was sent by this key before."""
    person = Person.objects.filter(school=OuterRef("school"), user=by)
    name = Concat("last_name", Value(" "), "first_name", Value(" "), "patronymic")
    before = Message.objects.filter(chat=OuterRef("pk"), author=by, client_key=key)
    return (
        Chat.objects.visible_to(by)
        .annotate(author_name=Subquery(person.values(name=name)[:1]), sent_before=Subquery(before.values("pk")[:1]))
        .get(pk=chat_id)
    )


def require_open(chat: Chat) -> None:
    """Raise `Refusal` (chat_archived, chat_read_only) where nobody may write."""
    if chat.archived_at:
        raise Refusal(_("The chat is in the archive: it can be read, not written to."), code="chat_archived")
    if chat.read_only:
        raise Refusal(
            _("There is no adult of the school in this chat now, so it can only be read."), code="chat_read_only"
        )


def _quote(message: Message, by: User, reply_to: int) -> str:
    """Tie the message to the one that it answers; returns that one's author."""
    quoted = Message.objects.visible_to(by).filter(chat=message.chat, pk=reply_to, deleted_at__isnull=True).first()
    if quoted is None:
        raise Refusal(_("The message that you answer is not here any more."), code="no_such_message", field="reply_to")
    message.reply_to = quoted
    return names_of([(quoted.school_id, quoted.author_id)])[quoted.school_id, quoted.author_id]


def _next_number(chat: Chat, message: Message) -> int:
    """Take the next number: the row stays locked till the commit, so numbers come without gaps and in order."""
    now = connection.ops.adapt_datetimefield_value(message.created_at)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE chats_chat SET last_seq = last_seq + 1, active_at = %s, last_author_id = %s"
            " WHERE id = %s AND archived_at IS NULL AND read_only = '' RETURNING last_seq",
            [now, message.author_id, chat.pk],
        )
        rows = cursor.fetchall()
    if not rows:  # closed since it was read
        chat.refresh_from_db(fields=["archived_at", "read_only"])
        require_open(chat)
    number: int = rows[0][0]
    return number


def _repeated(by: User, chat: Chat, key: str) -> Sent:
    message = Message.objects.select_related("reply_to").get(chat=chat, author=by, client_key=key)
    return Sent(message_payloads([message])[0], is_new=False)


def _publish(kind: str, payload: dict[str, Any]) -> None:
    """Everybody who hears the chat gets the same: what one of them may not read is left out, and `partial` tells the
    clients to ask for the message, each for himself."""
    send: Callable[[], None] = lambda: feed.publish(f"chat:{payload['chat']}", {"type": kind, **payload})  # noqa: E731
    transaction.on_commit(send)


@transaction.atomic
def edit_message(*, by: User, message: Message, text: str) -> dict[str, Any]:
    """The author corrects what he said; everybody sees that it was corrected. Returns the payload."""
    message = _locked(by, message)
    if message.author_id != by.pk:
        raise ChatDenied(_("Only the author edits a message."))
    require_open(message.chat)
    if message.deleted_at:
        raise Refusal(_("This message has been deleted."), code="message_deleted")
    said = clean_text(text)
    if said != message.text:
        message.text, message.edited_at = said, timezone.now()
        message.save(update_fields=["text", "edited_at"])
    return _announce_change(message)


@transaction.atomic
def delete_message(*, by: User, message: Message) -> dict[str, Any]:
    """The author takes his words back, or whoever keeps the chat removes another's: the place stays, the text goes.

    Another's goes to the event log, without its text: the log is read by people who do not read the chat.
    """
    message = _locked(by, message)
    is_own = message.author_id == by.pk
    if not is_own and not manages(by, message.chat):
        raise ChatDenied(_("Only the author and those who keep the chat delete a message."))
    if message.deleted_at is None:
        message.text, message.deleted_at = "", timezone.now()
        message.save(update_fields=["text", "deleted_at"])
        if not is_own:
            _record_removal(by, message)
    return _announce_change(message)


def _record_removal(by: User, message: Message) -> None:
    author = Person.objects.filter(school=message.school_id, user=message.author_id).first()
    record(
        EventKind.MESSAGE_DELETED,
        by=by,
        school=message.chat.school,
        subject=message.chat,
        person=author,
        old={"author": str(author or message.author), "number": message.seq, "sent_at": message.created_at},
    )


def _locked(by: User, message: Message) -> Message:
    there = Chat.objects.visible_to(by)  # he reads on in a chat that he has kept, and changes nothing there
    rows = Message.objects.visible_to(by).filter(chat__in=there).select_for_update(of=("self",))
    return rows.select_related("chat__school", "reply_to").get(pk=message.pk)


def _announce_change(message: Message) -> dict[str, Any]:
    payload = message_payloads([message])[0]
    if is_hidden_from_somebody(message.chat_id, message.seq):
        _publish("message_changed", {"chat": message.chat_id, "id": message.pk, "seq": message.seq, "partial": True})
    elif message.reply_to and is_hidden_from_somebody(message.chat_id, message.reply_to.seq):
        _publish("message_changed", {**payload, "reply_to": None, "partial": True})
    else:
        _publish("message_changed", payload)
    return payload
