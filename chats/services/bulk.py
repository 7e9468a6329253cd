"""Many messages at once: the past of a made-up school, one day an archive that is taken over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.models import User

from ..members import member_pairs
from ..models import Chat, Message
from ..texts import clean_text
from .messages import require_open


@dataclass(frozen=True)
class Said:
    """One message: who said it, what, and when."""

    by: User
    text: str
    at: datetime


@transaction.atomic
def send_messages(*, chat_id: int, messages: Sequence[Said]) -> int:
    """Write messages that were said before, in this order, by the rules of `send_message`; open pages do not hear them.

    Returns the number of the last one. Raises `Chat.DoesNotExist` when one of the authors is not in the chat, `Refusal`
    as `send_message`, ValueError for a moment to come.
    """
    chat = Chat.objects.select_for_update().get(pk=chat_id)
    require_open(chat)
    authors = {said.by.pk for said in messages}
    if authors - {user for _chat, user in member_pairs([chat_id], authors)}:
        raise Chat.DoesNotExist
    if any(said.at > timezone.now() for said in messages):
        raise ValueError("a message cannot have been said in the future")
    Message.objects.bulk_create(
        Message(
            school_id=chat.school_id,
            chat=chat,
            seq=chat.last_seq + number,
            author=said.by,
            text=clean_text(said.text),
            client_key=uuid4().hex,
            created_at=said.at,
        )
        for number, said in enumerate(messages, start=1)
    )
    chat.last_seq += len(messages)
    chat.active_at = max([said.at for said in messages], default=chat.active_at)
    chat.save(update_fields=["last_seq", "active_at"])
    return chat.last_seq
