"""An adult of the staff answers for every chat; a chat with pupils and without one can only be read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction

from accounts.models import User
from school.eventlog import record
from school.models import EventKind

from .hearing import announce_members
from .members import adult_pairs
from .models import Chat

BATCH = 500


def attend(chats: Sequence[int]) -> None:
    """Pass chats whose owner has gone to another adult; close those of pupils without one, open those that have one.

    Looks at what is and can be repeated.
    """
    _hand_over(chats)
    alone = Chat.objects.filter(pk__in=chats, read_only=Chat.ReadOnly.NO).without_adult()
    _set_read_only(alone, Chat.ReadOnly.NO_ADULT)
    attended = Chat.objects.filter(pk__in=chats, read_only=Chat.ReadOnly.NO_ADULT).attended()
    _set_read_only(attended, Chat.ReadOnly.NO)


def attend_all() -> None:
    """The sweep: what a lost signal left behind, in all schools, a batch in each transaction."""
    live = list(Chat.objects.live().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(live), BATCH):
        with transaction.atomic():
            attend(live[start : start + BATCH])


def _set_read_only(chats: Iterable[Chat], value: Chat.ReadOnly) -> None:
    changed = list(chats)
    for chat in changed:
        old, chat.read_only = chat.read_only, value
        chat.save(update_fields=["read_only"])
        kind = EventKind.CHAT_FROZEN if value else EventKind.CHAT_CHANGED
        record(kind, by=None, school=chat.school, subject=chat, old={"read_only": old}, new={"read_only": value})
    if changed:
        announce_members([chat.pk for chat in changed])


def _hand_over(chats: Sequence[int]) -> None:
    """The first of the adults who are there becomes the owner of a chat whose owner is not in it."""
    adults: dict[int, list[int]] = defaultdict(list)
    for chat_id, user, _role in adult_pairs(chats):
        adults[chat_id].append(user)
    for chat in Chat.objects.live().filter(pk__in=adults).select_related("owner", "school"):
        if chat.owner_id in adults[chat.pk]:
            continue
        old, new = chat.owner, User.objects.get(pk=adults[chat.pk][0])
        chat.owner = new
        chat.save(update_fields=["owner"])
        names = {"owner": str(old)}, {"owner": str(new)}
        record(EventKind.CHAT_CHANGED, by=None, school=chat.school, subject=chat, old=names[0], new=names[1])
