"""Messages that were said before are written by the rules of those that are said now."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from chats.kinds import Kind
from chats.models import Chat, Message
from chats.services.bulk import Said, send_messages
from chats.services.lifecycle import archive_chat, create_chat
from chats.services.messages import send_message
from school.errors import Refusal
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def homeroom() -> User:
    return make.user_of(make.make_homeroom(make.make_class(make.make_school())))


@pytest.fixture
def chat(homeroom: User) -> Chat:
    school_class = homeroom.persons.get().homerooms.get().school_class
    make.make_parent(make.make_pupil(school_class))
    return create_chat(by=homeroom, kind=Kind.PARENTS, scope=school_class)


def ago(days: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def test_they_are_numbered_after_what_is_there(chat: Chat, homeroom: User) -> None:
    send_message(by=homeroom, chat_id=chat.pk, text="Первое")
    last = send_messages(
        chat_id=chat.pk, messages=[Said(homeroom, " Второе ", ago(3)), Said(homeroom, "Третье", ago(2))]
    )
    assert last == 3
    assert list(chat.messages.order_by("seq").values_list("seq", "text")) == [
        (1, "Первое"),
        (2, "Второе"),
        (3, "Третье"),
    ]
    assert send_message(by=homeroom, chat_id=chat.pk, text="Четвёртое").payload["seq"] == 4
    assert chat.messages.get(seq=2).created_at.date() == ago(3).date()


def test_who_is_not_in_the_chat_has_said_nothing_there(chat: Chat, homeroom: User) -> None:
    with pytest.raises(Chat.DoesNotExist):
        send_messages(chat_id=chat.pk, messages=[Said(homeroom, "Да", ago(2)), Said(make.make_user(), "Нет", ago(1))])
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [(" \n", "empty_message"), ("я" * 4001, "message_too_long"), ("Пишите в t.me/klass", "forbidden_link")],
)
def test_what_may_not_be_said_could_not_be_said_before(chat: Chat, homeroom: User, text: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        send_messages(chat_id=chat.pk, messages=[Said(homeroom, "Да", ago(2)), Said(homeroom, text, ago(1))])
    assert refusal.value.code == code
    assert not Message.objects.exists()


def test_the_archive_is_closed_and_nothing_comes_from_the_future(chat: Chat, homeroom: User) -> None:
    with pytest.raises(ValueError, match="future"):
        send_messages(chat_id=chat.pk, messages=[Said(homeroom, "Завтра", ago(-1))])
    archive_chat(by=homeroom, chat=chat)
    with pytest.raises(Refusal) as refusal:
        send_messages(chat_id=chat.pk, messages=[Said(homeroom, "Да", ago(2))])
    assert refusal.value.code == "chat_archived"
