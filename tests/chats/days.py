"""Classes whose people are in the lists for a hundred days, messages of past days, and what somebody reads of them."""

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import User
from chats.models import Chat, Message
from chats.services.bulk import Said, send_messages
from school.models import Act, Movement, Person, SchoolClass
from school.services import movements
from tests import factories as f

from .conftest import Room
from .test_api import client_of, get

MOVED = 10  # days ago
DAYS = (90, 50, 11, MOVED, 9, 1, 0)


def days_ago(number: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=number)


def noon(days: int) -> dt.datetime:
    """A moment of that day; of today, this one."""
    moment = timezone.make_aware(dt.datetime.combine(days_ago(days), dt.time(12)))
    return min(moment, timezone.now())


def fill(chat: Chat, by: User, *days: int) -> None:
    """One message a day: «за 10 дней»."""
    send_messages(chat_id=chat.pk, messages=[Said(by, f"за {day} дней", noon(day)) for day in days])


def move(room: Room, to: SchoolClass, days: int = 0) -> Act:
    return movements.carry_out_movement(
        by=f.administrator_of(room.school),
        school=room.school,
        kind=Movement.Kind.TRANSFERRED,
        people=[Person.objects.get(pk=room.pupil_person.pk)],
        to_class=to,
        happened_on=days_ago(days),
    )


def read(user: User, chat: Chat) -> list[int]:
    """The days whose messages the user reads, by every door; all of them must agree."""
    doors = {
        "queryset": [m.text for m in Message.objects.visible_to(f.fresh(user)).filter(chat=chat).order_by("seq")],
        "after": texts(get(user, f"{chat.pk}/messages/?after=0&limit=200")),
        "before": texts(get(user, f"{chat.pk}/messages/?before=99999&limit=200"))[::-1],
        "newest": texts(get(user, f"{chat.pk}/messages/"))[::-1],
        "page": on_page(user, chat),
    }
    assert len({tuple(found) for found in doors.values()}) == 1, doors
    return [int(text.split()[1]) for text in doors["queryset"]]


def texts(response: Any) -> list[str]:
    return [m["text"] for m in response.json()] if response.status_code == 200 else []


def on_page(user: User, chat: Chat) -> list[str]:
    response = client_of(user).get(f"/chats/{chat.pk}/")
    return [m["text"] for m in response.context["room"].messages] if response.status_code == 200 else []
