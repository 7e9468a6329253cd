"""Chats follow the roster: whoever gains or loses a role gains and loses its chats, in open pages too, at once.

Who is in a chat is never written down; what is written here is how far a newcomer has read, where his history begins, and
where that of a leaver ends.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from school.models import Act, School
from school.roles import RosterChange

from .attendance import attend
from .hearing import tell
from .history import begin_history, end_history
from .members import Pair, member_pairs
from .models import Chat, ChatAudience, ChatMember, ChatState
from .querysets import InGroup


def on_roster_changed(
    sender: Any, school: School, changes: Sequence[RosterChange], act: Act | None = None, **kwargs: Any
) -> None:
    """Receiver of `school.roles.roster_changed`, after the commit of what changed.

    A new school year was followed in its own transaction, where chats change too (`chats.rollover`).
    """
    if act is not None:
        return
    chats = _touched(school, changes)
    if not chats:
        return
    with transaction.atomic():
        before, now = _before(chats, changes), member_pairs(chats, [change.user_id for change in changes])
        came, gone = now - before, before - now - _left(chats)
        begin_history(came)
        end_history(gone)
        tell(came, gone)
        attend(chats)


def _touched(school: School, changes: Sequence[RosterChange]) -> list[int]:
    groups: set[int] = set().union(*(change.gained | change.lost for change in changes))
    by_role = ChatAudience.objects.filter(group__in=groups).values("chat_id")
    by_hand = ChatMember.objects.filter(via__in=groups, user__in=[c.user_id for c in changes]).values("chat_id")
    chats = Chat.objects.filter(Q(pk__in=by_role) | Q(pk__in=by_hand), school=school)
    return list(chats.values_list("pk", flat=True))


def _before(chats: Collection[int], changes: Sequence[RosterChange]) -> set[Pair]:
    """Who of these users was meant for these chats before the change: their groups now, taken back."""
    users = [change.user_id for change in changes]
    reasons: list[tuple[int, int | None, int]]
    reasons = [(c, None, g) for c, g in ChatAudience.objects.filter(chat__in=chats).values_list("chat_id", "group_id")]
    chosen = ChatMember.objects.filter(chat__in=chats, user__in=users)
    reasons += [*chosen.values_list("chat_id", "user_id", "via_id")]
    groups: dict[int, set[int]] = defaultdict(set)
    held = InGroup.objects.filter(user__in=users, group__in={group for _c, _u, group in reasons})
    for user, group in held.values_list("user_id", "group_id"):
        groups[user].add(group)
    for change in changes:
        groups[change.user_id] = (groups[change.user_id] - change.gained) | change.lost
    return {
        (chat, user)
        for chat, chosen_user, group in reasons
        for user in ([chosen_user] if chosen_user else users)
        if group in groups[user]
    }


def _left(chats: Collection[int]) -> set[Pair]:
    return set(ChatState.objects.filter(chat__in=chats, left_at__isnull=False).values_list("chat_id", "user_id"))
