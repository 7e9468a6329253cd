"""Which open pages hear which chats."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db import transaction

from accounts.models import User
from sferum_portal import feed

from .members import Pair, member_pairs
from .models import Chat, topic_of

CHATS_CHANGED = {"type": "chats_changed"}


def topics(user: User) -> list[str]:
    """What a user hears when he connects: all chats that he sees."""
    return [topic_of(pk) for pk in Chat.objects.visible_to(user).values_list("pk", flat=True)]


def tell(came: Iterable[Pair], gone: Iterable[Pair]) -> None:
    """After the commit the pages of (chat, user) hear the chat or stop hearing it, and look at their lists again.

    Rights go before the news, so that nobody is told of what he does not hear yet.
    """
    came_by_chat, gone_by_chat = by_chat(came), by_chat(gone)
    people = {user for users in (*came_by_chat.values(), *gone_by_chat.values()) for user in users}

    def send() -> None:
        for chat, users in gone_by_chat.items():
            feed.revoke_topics(users, topic_of(chat))
        for chat, users in came_by_chat.items():
            feed.grant_topics(users, topic_of(chat))
        if people:
            feed.publish([f"user:{user}" for user in sorted(people)], CHATS_CHANGED)

    transaction.on_commit(send)


def by_chat(pairs: Iterable[Pair]) -> dict[int, list[int]]:
    """The users of each chat, in order."""
    grouped: dict[int, list[int]] = defaultdict(list)
    for chat, user in sorted(pairs):
        grouped[chat].append(user)
    return grouped


def announce_members(chats: Sequence[int], users: Collection[int] | None = None) -> None:
    """The members (or those of `users` who are members) hear these chats from now on and look at their list again."""
    tell(member_pairs(chats, users), ())


def announce_gone(chat: int, users: Iterable[int]) -> None:
    """These users do not hear the chat any more."""
    tell((), {(chat, user) for user in users})
