"""How chats follow the roster: who may hear what, who answers for a chat, where an adult is missing.

Everything here can be repeated: it looks at what is, not at what changed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from school.eventlog import record
from school.models import EventKind, School
from school.roles import RosterChange
from sferum_portal import feed

from .members import adult_pairs, member_pairs
from .models import Chat, ChatAudience, ChatMember, ChatState, topic_of

CHATS_CHANGED = {"type": "chats_changed"}


def topics(user: User) -> list[str]:
    """What a user hears when he connects: all chats that he sees."""
    return [topic_of(pk) for pk in Chat.objects.visible_to(user).values_list("pk", flat=True)]


def on_roster_changed(sender: Any, school: School, changes: Sequence[RosterChange], **kwargs: Any) -> None:
    """Receiver of `school.roles.roster_changed`: open pages gain and lose chats at once."""
    users = {change.user_id for change in changes}
    groups: set[int] = set().union(*(change.gained | change.lost for change in changes))
    chosen = ChatMember.objects.filter(via__in=groups, user__in=users).values("chat_id")
    by_role = ChatAudience.objects.filter(group__in=groups).values("chat_id")
    chats = list(Chat.objects.filter(Q(pk__in=by_role) | Q(pk__in=chosen), school=school).values_list("pk", flat=True))
    if not chats:
        return
    with transaction.atomic():
        _follow(chats, users)
        attend(chats)


def _follow(chats: Sequence[int], users: Collection[int]) -> None:
    """Write who has come (all that was said before counts as read) and forget who has gone; tell their pages."""
    present = member_pairs(chats, users)
    away = {(state.chat_id, state.user_id) for state in _states(chats, users) if state.left_at}
    gone = {(chat, user) for chat in chats for user in users} - present - away
    _forget(gone)
    _tell(present, gone)


def _states(chats: Collection[int], users: Collection[int]) -> Iterable[ChatState]:
    return ChatState.objects.filter(chat__in=chats, user__in=users)


def _forget(gone: set[tuple[int, int]]) -> None:
    for chat, users in _by_first(gone).items():
        ChatState.objects.filter(chat=chat, user__in=users, left_at__isnull=True).delete()


def _by_first(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    grouped: dict[int, list[int]] = defaultdict(list)
    for first, second in pairs:
        grouped[first].append(second)
    return grouped


def _tell(present: set[tuple[int, int]], gone: set[tuple[int, int]]) -> None:
    """After the commit: rights first, then the news, so that nobody asks for what he does not hear yet."""

    def tell() -> None:
        for chat, users in _by_first(gone).items():
            feed.revoke_topics(users, topic_of(chat))
        for chat, users in _by_first(present).items():
            feed.grant_topics(users, topic_of(chat))
        people = {user for _chat, user in present | gone}
        if people:
            feed.publish([f"user:{user}" for user in sorted(people)], CHATS_CHANGED)

    transaction.on_commit(tell)


def announce_members(chats: Sequence[int], users: Collection[int] | None = None) -> None:
    """Open pages of the members (or of these users) hear the chat from now on and look at their list again."""
    _tell(member_pairs(chats, users), set())


def announce_gone(chat: int, users: Sequence[int]) -> None:
    """Open pages of these users do not hear the chat any more."""
    _tell(set(), {(chat, user) for user in users})


# --- an adult answers for every chat -----------------------------------------------------------------------------------


def attend(chats: Sequence[int]) -> None:
    """Pass chats whose owner has gone to another adult; close those of pupils without one, open those that have one."""
    _hand_over(chats)
    waiting = Chat.objects.filter(pk__in=chats).without_adult().filter(read_only=Chat.ReadOnly.NO)
    _set_read_only(waiting, Chat.ReadOnly.NO_ADULT)
    missed = Chat.objects.filter(pk__in=chats, read_only=Chat.ReadOnly.NO_ADULT).attended()
    _set_read_only(missed, Chat.ReadOnly.NO)


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
    """Make the first of the adults who are there the owner of a chat whose owner is not in it."""
    adults: dict[int, list[int]] = defaultdict(list)
    for chat_id, user, _role in adult_pairs(chats):
        adults[chat_id].append(user)
    for chat in Chat.objects.live().filter(pk__in=adults).select_related("owner", "school"):
        if chat.owner_id in adults[chat.pk]:
            continue
        old, chat.owner_id = chat.owner, adults[chat.pk][0]
        chat.save(update_fields=["owner"])
        new = {"owner": str(User.objects.get(pk=chat.owner_id))}
        record(EventKind.CHAT_CHANGED, by=None, school=chat.school, subject=chat, old={"owner": str(old)}, new=new)


def attend_all() -> None:
    """The nightly sweep: what a lost signal left behind, in all schools."""
    with transaction.atomic():
        attend(list(Chat.objects.live().values_list("pk", flat=True)))
