"""Where the history of a newcomer begins: with the day from which the lists have him in the class, or at the start.

A pupil who was in the class's list on the first of September and signs in a month later reads everything: it was said to
him. One who is moved into the class does not read what was said before, and neither do his parents.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Min
from django.utils import timezone

from school.models import Enrolment, GroupMembership, Guardianship
from school.regulation import Role

from .hearing import by_chat
from .members import Pair
from .models import Chat, ChatAudience, ChatState, Message

Since = dict[int, dt.date]  # user → the day


def begin_history(came: Iterable[Pair]) -> None:
    """Write for each (chat, user) that all before is read, and what is not his to read."""
    users_by_chat = by_chat(came)
    states = []
    for chat in Chat.objects.in_bulk(users_by_chat).values():
        users = users_by_chat[chat.pk]
        since = _since(chat, users)
        hidden = {day: _last_number_before(chat, day) for day in set(since.values())}
        for user in users:
            from_seq = hidden[since[user]] if user in since else 0
            states.append(ChatState(chat=chat, user_id=user, read_seq=chat.last_seq, from_seq=from_seq))
    ChatState.objects.bulk_create(
        states,
        update_conflicts=True,
        unique_fields=["chat", "user"],
        update_fields=["read_seq", "from_seq"],
    )


def _since(chat: Chat, users: Collection[int]) -> Since:
    """From which day the lists have these users among the pupils and parents of the chat; nobody else is in it."""
    audience = ChatAudience.objects.filter(chat=chat).values_list("group__role_group__role", flat=True)
    since: Since = {}
    for role in audience:
        since |= _days(Role(role), chat, users)
    return since


def _days(role: Role, chat: Chat, users: Collection[int]) -> Since:
    enrolled = Enrolment.objects.active().filter(school_class=chat.school_class_id)
    if role == Role.CLASS_PUPIL:
        return _first_days(enrolled.filter(person__user__in=users), "person__user_id")
    if role == Role.GROUP_PUPIL:
        members = GroupMembership.objects.active().filter(study_group=chat.study_group_id)
        return _first_days(members.filter(person__user__in=users), "person__user_id")
    if role == Role.CLASS_PARENT:
        wards = Guardianship.objects.active().filter(guardian__user__in=users)
        pairs = wards.values_list("guardian__user_id", "pupil_id")
        days = dict(enrolled.filter(person__in=wards.values("pupil_id")).values_list("person_id", "starts_on"))
        since: Since = {}
        for parent, pupil in pairs:
            if pupil in days:
                since[parent] = min(days[pupil], since.get(parent, days[pupil]))
        return since
    return {}


def _first_days(facts: Any, who: str) -> Since:
    return dict(facts.values_list(who).annotate(first=Min("starts_on")))


def _last_number_before(chat: Chat, day: dt.date) -> int:
    midnight = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    earlier = Message.objects.filter(chat=chat, created_at__lt=midnight)
    return earlier.order_by("-seq").values_list("seq", flat=True).first() or 0
