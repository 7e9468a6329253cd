"""At one moment: numbers without gaps, a key that counts once, one chat of a kind, the last adult stays."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from chats.kinds import Kind
from chats.models import Chat, Message
from chats.services import create_chat, leave_chat, send_message
from school.errors import Refusal
from tests import factories as f

from .conftest import make_room

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """What each act returned or raised, when all began together."""
    outcomes: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            outcomes[number] = act()
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_concurrent_senders_leave_no_gap():
    room = make_room()
    senders, each = 8, 25

    def talk(number: int) -> None:
        user = f.fresh(room.parent if number % 2 else room.homeroom)
        for turn in range(each):
            send_message(by=user, chat_id=room.parents_chat.pk, text="Да", client_key=f"{number}-{turn}")

    assert at_once([partial(talk, number) for number in range(senders)]) == [None] * senders
    seqs = list(Message.objects.filter(chat=room.parents_chat).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, senders * each + 1))
    assert Chat.objects.get(pk=room.parents_chat.pk).last_seq == senders * each
    times = list(Message.objects.filter(chat=room.parents_chat).order_by("seq").values_list("created_at", flat=True))
    assert len(times) == senders * each


def test_one_key_sent_by_many_requests_is_one_message():
    room = make_room()
    send = lambda: send_message(by=room.parent, chat_id=room.parents_chat.pk, text="Да", client_key="k")  # noqa: E731
    sent = at_once([send] * 8)
    assert {one.payload["id"] for one in sent} == {Message.objects.get().pk}
    assert sum(one.is_new for one in sent) == 1
    assert Chat.objects.get(pk=room.parents_chat.pk).last_seq == 1


def test_two_clicks_make_one_chat():
    room = make_room()
    create = lambda: create_chat(by=f.fresh(room.homeroom), kind=Kind.TEACHERS, scope=room.school_class)  # noqa: E731
    made = at_once([create] * 6)
    assert sum(isinstance(one, Chat) for one in made) == 1
    assert {one.code for one in made if isinstance(one, Refusal)} == {"chat_exists"}
    assert Chat.objects.filter(kind=Kind.TEACHERS).count() == 1


def test_two_adults_who_leave_together_do_not_leave_the_children_alone():
    room = make_room()
    teacher = f.make_teaching(room.school_class)
    chat = create_chat(
        by=f.fresh(room.homeroom),
        kind=Kind.CLASS_OTHER,
        scope=room.school_class,
        title="Поход",
        people=[room.pupil_person, teacher],
    )
    outcomes = at_once([partial(leave_chat, by=user, chat=chat) for user in (f.user_of(teacher), room.homeroom)])
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "Refusal"]
    assert not Chat.objects.without_adult().exists()
