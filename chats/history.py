"""What of a chat's history is whose, written down when the lists bring somebody or take him out.

By days, as the lists have them. Who comes reads from the day from which the lists have him here: a pupil who was in the
class's list on the first of September and signs in a month later reads everything, since it was said to him; one who is
moved into the class does not read what was said before, and neither do his parents. Who is moved away keeps what was
said up to that day (and nothing that is said after he has gone); when he comes back, what was said meanwhile is a gap.
Staff who come into a chat with pupils or parents read everything, because they answer for it.

All of it is written for every chat; whether it counts is the chat's setting (`newcomers_see`, `leavers_read`), looked at
by `MessageQuerySet` and `ChatQuerySet.readable_by`.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef
from django.utils import timezone

from school.regulation import Role

from .hearing import by_chat
from .members import Pair, member_pairs
from .models import Chat, ChatGap, ChatState, Message
from .spans import FAMILY_ROLES, stays_in

BATCH = 500


@dataclass
class _Numbers:
    """The last number said before a day, each looked up once."""

    chat: Chat
    known: dict[dt.date, int] = field(default_factory=dict)

    def before(self, day: dt.date) -> int:
        if day not in self.known:
            midnight = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
            earlier = Message.objects.filter(chat=self.chat, created_at__lt=midnight)
            self.known[day] = earlier.order_by("-seq").values_list("seq", flat=True).first() or 0
        return self.known[day]

    def through(self, day: dt.date) -> int:
        """The whole day belongs to it, as far as it has been spoken."""
        if day >= timezone.localdate():
            return self.chat.last_seq
        return min(self.chat.last_seq, self.before(day + dt.timedelta(days=1)))


def begin_history(came: Iterable[Pair]) -> None:
    """Write for each (chat, user) that all before is read, and what is not his to read."""
    users_by_chat = by_chat(came)
    for chat in Chat.objects.in_bulk(users_by_chat).values():
        users = users_by_chat[chat.pk]
        # The staff answer for a chat with pupils or parents: nothing is hidden from them, whatever their days are.
        counted = FAMILY_ROLES if chat.rule.holds_families else tuple(Role)
        numbers, stays, known = _Numbers(chat), stays_in(chat, users, counted), _states(chat, users)
        states, gaps = [], []
        for user in users:
            state = known.get(user) or ChatState(chat=chat, user_id=user)
            hidden = numbers.before(stays[user].since) if user in stays else 0
            kept = state.until_seq if state.until_seq is not None and state.until_seq > state.from_seq else None
            if kept is None or hidden <= state.from_seq:
                state.from_seq = hidden
            elif hidden > kept:
                gaps.append(ChatGap(chat=chat, user_id=user, after_seq=kept, until_seq=hidden))
            state.read_seq, state.until_seq = chat.last_seq, None
            states.append(state)
        _save(states, ["read_seq", "from_seq", "until_seq"])
        ChatGap.objects.bulk_create(gaps, ignore_conflicts=True)


def end_history(gone: Iterable[Pair]) -> None:
    """Write for each (chat, user) how far he may still read; whom no fact has ever put there (it was undone) keeps nothing."""
    users_by_chat = by_chat(gone)
    for chat in Chat.objects.in_bulk(users_by_chat).values():
        users = users_by_chat[chat.pk]
        numbers, stays, known = _Numbers(chat), stays_in(chat, users), _states(chat, users)
        states = []
        for user in users:
            if user in stays:
                state = known.get(user) or ChatState(chat=chat, user_id=user)
                until = stays[user].until
                state.until_seq = chat.last_seq if until is None else numbers.through(until)
                state.muted = False
                states.append(state)
        _trim(chat, states)
        forget(chat, [user for user in users if user not in stays])
        _save(states, ["until_seq", "muted"])


def _trim(chat: Chat, states: list[ChatState]) -> None:
    """A history that ends inside a gap, or before it, ends where the gap begins."""
    by_user = {state.user_id: state for state in states}
    for gap in ChatGap.objects.filter(chat=chat, user__in=by_user):
        state = by_user[gap.user_id]
        if (state.until_seq or 0) <= gap.until_seq:
            state.until_seq = min(state.until_seq or 0, gap.after_seq)
            gap.delete()


def forget(chat: Chat, users: Iterable[int]) -> None:
    """Nothing of the chat is these users' any more."""
    ChatState.objects.filter(chat=chat, user__in=users).delete()
    ChatGap.objects.filter(chat=chat, user__in=users).delete()


def _states(chat: Chat, users: list[int]) -> dict[int, ChatState]:
    return {state.user_id: state for state in ChatState.objects.filter(chat=chat, user__in=users)}


def _save(states: list[ChatState], fields: list[str]) -> None:
    # Without their keys: those that are there are found by chat and user, as two threads may make the same one.
    for state in states:
        state.pk = None
        state._state.adding = True
    ChatState.objects.bulk_create(states, update_conflicts=True, unique_fields=["chat", "user"], update_fields=fields)


def is_hidden_from_somebody(chat_id: int, seq: int) -> bool:
    """Whether one of those who hear the chat may not read the message of this number. One query."""
    states = ChatState.objects.filter(
        chat=OuterRef("pk"), from_seq__gte=seq, left_at__isnull=True, until_seq__isnull=True
    )
    gaps = ChatGap.objects.filter(chat=OuterRef("pk"), after_seq__lt=seq, until_seq__gte=seq)
    limited = Chat.objects.filter(pk=chat_id, newcomers_see=Chat.NewcomersSee.JOINED)
    return limited.filter(Exists(states) | Exists(gaps)).exists()


def resume_missed() -> None:
    """The sweep: who is in a chat again although his history there was ended, because the word of it was lost."""
    ended = ChatState.objects.filter(until_seq__isnull=False, chat__archived_at__isnull=True)
    chats = list(ended.order_by("chat").values_list("chat", flat=True).distinct())
    for start in range(0, len(chats), BATCH):
        some = chats[start : start + BATCH]
        pairs = set(ended.filter(chat__in=some).values_list("chat_id", "user_id"))
        begin_history(pairs & member_pairs(some, {user for _chat, user in pairs}))
