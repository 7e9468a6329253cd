"""Saying, correcting, taking back."""

import pytest

from chats.models import Chat, ChatState, Message
from chats.services import archive_chat, delete_message, edit_message, mark_read, send_message, set_muted
from chats.standing import ChatDenied
from chats.texts import clean_text
from school.errors import Refusal
from school.models import Event, EventKind
from tests import factories as f

from .conftest import Room, make_room, unread

pytestmark = pytest.mark.django_db


def say(room: Room, text: str = "Собрание в пятницу", **more) -> Message:
    sent = send_message(by=more.pop("by", room.parent), chat_id=room.parents_chat.pk, text=text, **more)
    return Message.objects.get(pk=sent.payload["id"])


def test_messages_are_numbered(room: Room):
    assert [say(room).seq for _ in range(3)] == [1, 2, 3]
    room.parents_chat.refresh_from_db()
    assert room.parents_chat.last_seq == 3


def test_a_repeat_is_the_same_message(room: Room):
    first = send_message(by=room.parent, chat_id=room.parents_chat.pk, text="Да", client_key="k1")
    again = send_message(by=room.parent, chat_id=room.parents_chat.pk, text="Да", client_key="k1")
    assert (first.is_new, again.is_new) == (True, False)
    assert first.payload == again.payload
    other = send_message(by=room.homeroom, chat_id=room.parents_chat.pk, text="Да", client_key="k1")
    assert other.is_new
    assert other.payload["seq"] == 2


def test_a_repeat_at_the_same_moment_burns_no_number(room: Room, monkeypatch):
    first = say(room, client_key="k1")
    real = Chat.objects.visible_to
    # the check came before the other request wrote: only the unique key stops the second one
    monkeypatch.setattr("chats.services.messages._enter", lambda by, pk, key: unaware(real(by).get(pk=pk)))
    again = send_message(by=room.parent, chat_id=room.parents_chat.pk, text="Да", client_key="k1")
    assert (again.payload["id"], again.is_new) == (first.pk, False)
    room.parents_chat.refresh_from_db()
    assert room.parents_chat.last_seq == 1


def unaware(chat):
    chat.sent_before, chat.author_name = None, "Имя"
    return chat


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u200b\u200d", "\u2060", "\u3164\u2800", "\x00\x07", "\ufe0f"])
def test_an_empty_message_is_refused(room: Room, text: str):
    with pytest.raises(Refusal) as refused:
        say(room, text)
    assert refused.value.code == "empty_message"
    assert not Message.objects.exists()


def test_4000_characters_are_taken_and_10000_refused(room: Room):
    assert len(say(room, "я" * 4000).text) == 4000
    with pytest.raises(Refusal) as refused:
        say(room, "я" * 10_000)
    assert refused.value.code == "message_too_long"
    assert "10000" in str(refused.value).replace("\xa0", "")
    assert "4000" in str(refused.value).replace("\xa0", "")


def test_texts_are_kept_as_written_without_what_cannot_be_seen():
    assert clean_text("  Да\r\nнет \u202eобратно\x00 ") == "Да\nнет обратно"
    assert clean_text("Д'Артаньян <b>&amp; 👩‍👩‍👧 🏳️‍🌈") == "Д'Артаньян <b>&amp; 👩‍👩‍👧 🏳️‍🌈"


@pytest.mark.parametrize(
    "text",
    ["https://t.me/chat7b", "вступайте chat.whatsapp.com/AbC", "WWW.DISCORD.GG/xx", "tg://join?invite=1", "(wa.me/79)"],
)
def test_links_to_forbidden_messengers_are_refused_by_law(room: Room, text: str):
    with pytest.raises(Refusal) as refused:
        say(room, text)
    assert refused.value.code == "forbidden_link"
    assert "149-ФЗ" in str(refused.value)


@pytest.mark.parametrize("text", ["https://resh.edu.ru/t.me", "support@t.me.example.ru", "стр. 12.me", "не в тг.ме"])
def test_other_links_pass(text: str):
    assert clean_text(text) == text


def test_a_stranger_does_not_find_the_chat(room: Room):
    for stranger in (room.pupil, f.make_user(), make_room().homeroom):
        with pytest.raises(Chat.DoesNotExist):
            say(room, by=stranger)


def test_nobody_writes_to_the_archive(room: Room):
    message = say(room)
    archive_chat(by=room.homeroom, chat=room.parents_chat)
    for act in (lambda: say(room), lambda: edit_message(by=room.parent, message=message, text="Иначе")):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "chat_archived"
    assert Message.objects.visible_to(room.parent).count() == 1


def test_a_chat_closed_after_it_was_read_is_still_closed(room: Room, monkeypatch):
    known = unaware(Chat.objects.get(pk=room.parents_chat.pk))
    archive_chat(by=room.homeroom, chat=room.parents_chat)
    monkeypatch.setattr("chats.services.messages._enter", lambda by, pk, key: known)
    with pytest.raises(Refusal) as refused:
        say(room)
    assert refused.value.code == "chat_archived"


def test_a_reply_quotes(room: Room):
    first = say(room, "Кто едет?")
    reply = send_message(by=room.homeroom, chat_id=room.parents_chat.pk, text="Все", reply_to=first.pk)
    assert reply.payload["reply_to"]["text"] == "Кто едет?"
    assert reply.payload["reply_to"]["author"]["id"] == room.parent.pk
    elsewhere = send_message(by=room.homeroom, chat_id=room.pupils_chat.pk, text="Другой чат").payload["id"]
    with pytest.raises(Refusal) as refused:
        say(room, reply_to=elsewhere)
    assert refused.value.code == "no_such_message"


def test_the_author_edits(room: Room):
    message = say(room)
    payload = edit_message(by=room.parent, message=message, text="В субботу")
    assert payload["text"] == "В субботу"
    assert payload["edited_at"]
    with pytest.raises(ChatDenied):
        edit_message(by=room.homeroom, message=message, text="Чужое")
    with pytest.raises(Refusal):
        edit_message(by=room.parent, message=message, text="\u200b")


def test_the_author_deletes_his_own_quietly(room: Room):
    message = say(room)
    assert delete_message(by=room.parent, message=message)["deleted"]
    message.refresh_from_db()
    assert message.text == ""
    assert not Event.objects.filter(kind=EventKind.MESSAGE_DELETED).exists()
    with pytest.raises(Refusal) as refused:
        edit_message(by=room.parent, message=message, text="Снова")
    assert refused.value.code == "message_deleted"


def test_who_keeps_the_chat_deletes_anothers_and_the_log_tells_without_the_text(room: Room):
    message = say(room, "секрет")
    other = f.user_of(f.make_parent(room.pupil_person, kind="father"))
    with pytest.raises(ChatDenied):
        delete_message(by=other, message=message)
    delete_message(by=f.fresh(room.homeroom), message=message)
    event = Event.objects.get(kind=EventKind.MESSAGE_DELETED)
    assert event.actor == room.homeroom
    assert "секрет" not in str(event.old)
    assert event.person_id == room.parent.persons.get().pk


def test_reading_goes_forward_only(room: Room):
    for _ in range(3):
        say(room)
    chat = room.parents_chat
    assert mark_read(by=room.homeroom, chat_id=chat.pk, seq=2) == 2
    assert mark_read(by=room.homeroom, chat_id=chat.pk, seq=1) == 2
    assert mark_read(by=room.homeroom, chat_id=chat.pk, seq=99) == 3
    assert unread(room.homeroom, chat) == 0
    with pytest.raises(Chat.DoesNotExist):
        mark_read(by=room.pupil, chat_id=chat.pk, seq=1)


def test_a_muted_chat_is_remembered(room: Room):
    set_muted(by=room.parent, chat=room.parents_chat, muted=True)
    assert ChatState.objects.get(user=room.parent, chat=room.parents_chat).muted
