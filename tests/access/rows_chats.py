"""Chats: of a class (its parents and its homeroom teacher), and who may create which."""

from chats.kinds import Kind
from chats.models import Chat
from chats.services import create_chat, send_message
from tests.access.matrix import ADMINISTRATION, SIGNED_IN, TEACHERS, row
from tests.factories import user_of
from tests.world import Place


def prepare(place: Place) -> None:
    by = user_of(place.homeroom)
    chat = create_chat(by=by, kind=Kind.PARENTS, scope=place.school_class)
    sent = send_message(by=by, chat_id=chat.pk, text="Собрание в пятницу")
    place.made |= {"chat": Chat.objects.get(pk=chat.pk), "message": sent.payload["id"]}


IN_CHAT = ("parent", "homeroom")
SEE_CLASS = (*TEACHERS, *ADMINISTRATION, "pupil", "parent", "administrator", "additional_administrator")
SEE_OTHER_CLASS = (*ADMINISTRATION, "administrator", "additional_administrator")


def chat_args(place: Place) -> dict[str, int]:
    return {"pk": place.made["chat"].pk}


def message_args(place: Place) -> dict[str, int]:
    return {"pk": place.made["chat"].pk, "message": place.made["message"]}


ROWS = [
    row("api:chats", own={200: SIGNED_IN}),
    row(
        "api:chats",
        method="post",
        data=lambda p: {"kind": "pupils", "school_class": p.school_class.pk},
        own={201: "homeroom", 403: tuple(role for role in SEE_CLASS if role != "homeroom")},
        other_class={403: SEE_OTHER_CLASS},
    ),
    row("api:chat", chat_args, own={200: IN_CHAT}, other_class={}),
    row("api:chat_messages", chat_args, own={200: IN_CHAT}, other_class={}),
    row(
        "api:chat_messages",
        chat_args,
        method="post",
        data=lambda p: {"text": "Да"},
        own={201: IN_CHAT},
        other_class={},
    ),
    row(
        "api:chat_message",
        message_args,
        method="patch",
        data=lambda p: {"text": "Нет"},
        own={200: "homeroom", 403: "parent"},
        other_class={},
    ),
    row("api:chat_message", message_args, method="delete", own={200: "homeroom", 403: "parent"}, other_class={}),
    row(
        "api:chat_read",
        chat_args,
        method="post",
        data=lambda p: {"seq": 1},
        own={200: IN_CHAT},
        other_class={},
    ),
]
