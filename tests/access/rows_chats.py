"""Chats: that of a class's parents, a hand-picked one with the parent, one that he has left; who may create which."""

from typing import Any

from chats.kinds import Kind
from chats.models import Chat
from chats.services import create_chat, leave_chat, send_message
from tests.access.matrix import (
    ADMINISTRATION,
    ADMINISTRATORS,
    MEMBERS,
    SIGNED_IN,
    TEACHERS,
    Expected,
    FromPlace,
    Row,
    row,
)
from tests.factories import user_of
from tests.world import Place


def prepare(place: Place) -> None:
    by, parent = user_of(place.homeroom), user_of(place.parent)
    chat = create_chat(by=by, kind=Kind.PARENTS, scope=place.school_class)
    chosen: dict[str, Any] = {"kind": Kind.CLASS_OTHER, "scope": place.school_class, "people": [place.parent]}
    trip, left = (create_chat(by=by, title=title, **chosen) for title in ("Поход", "Выставка"))
    leave_chat(by=parent, chat=left)
    sent = send_message(by=by, chat_id=chat.pk, text="Собрание в пятницу")
    place.made |= {"chat": Chat.objects.get(pk=chat.pk), "trip": trip, "left": left, "message": sent.payload["id"]}


IN_CHAT = ("parent", "homeroom")
SEE_OTHER_CLASS = (*ADMINISTRATION, *ADMINISTRATORS)
SEE_CLASS = (*TEACHERS, *SEE_OTHER_CLASS, "pupil", "parent")
NOT_HOMEROOM = tuple(role for role in SEE_CLASS if role != "homeroom")
SEE_REGISTRY = (*ADMINISTRATION, *ADMINISTRATORS)
NOT_REGISTRY = tuple(role for role in MEMBERS if role not in SEE_REGISTRY)


def chat(place: Place) -> dict[str, int]:
    return {"pk": place.made["chat"].pk}


def trip(place: Place) -> dict[str, int]:
    return {"pk": place.made["trip"].pk}


def left(place: Place) -> dict[str, int]:
    return {"pk": place.made["left"].pk}


def message(place: Place) -> dict[str, int]:
    return {**chat(place), "message": place.made["message"]}


def new(place: Place) -> dict[str, Any]:
    return {"kind": "pupils", "scope_id": place.school_class.pk}


def of_chat(name: str, own: Expected, args: FromPlace = chat, **more: Any) -> Row:
    """An address of a chat: the one of the other class does not exist for anybody of `own`."""
    return row(name, args, own=own, other_class={}, **more)


def act(name: str, own: Expected, args: FromPlace = chat, **data: Any) -> Row:
    return of_chat(name, own, args, method="post", data=lambda place: data)


KEPT_BY_HOMEROOM = {302: "homeroom", 403: "parent"}

ROWS = [
    row("chats:list", own={200: SIGNED_IN}),
    row("chats:create", new, own={200: "homeroom", 403: NOT_HOMEROOM}, other_class={403: SEE_OTHER_CLASS}),
    row(
        "chats:create",
        new,
        method="post",
        data=lambda p: {"title": "7Б"},
        own={302: "homeroom", 403: NOT_HOMEROOM},
        other_class={403: SEE_OTHER_CLASS},
    ),
    row("chats:why", new, own={200: SEE_CLASS}, other_class={200: SEE_OTHER_CLASS}),
    of_chat("chats:room", {200: IN_CHAT}),
    act("chats:room", {302: IN_CHAT}, text="Да"),
    act("chats:read", {302: IN_CHAT}),
    act("chats:mute", {302: IN_CHAT}, muted="1"),
    of_chat("chats:info", {200: IN_CHAT}),
    of_chat("chats:edit", {200: "homeroom", 403: "parent"}),
    act("chats:edit", KEPT_BY_HOMEROOM, title="Родители", newcomers_see="all", leavers_read="nothing"),
    of_chat("chats:add_members", {200: "homeroom", 403: "parent"}, trip),
    of_chat("chats:add_members", {}),
    act("chats:remove_member", KEPT_BY_HOMEROOM, lambda p: {**trip(p), "user": p.parent.user_id}),
    act("chats:moderator", KEPT_BY_HOMEROOM, lambda p: {**chat(p), "user": p.parent.user_id}, active="1"),
    act("chats:leave", {302: IN_CHAT}),
    act("chats:rejoin", {302: "parent"}, left),
    act("chats:archive", KEPT_BY_HOMEROOM),
    act("chats:restore", KEPT_BY_HOMEROOM),
    row("chats:registry", lambda p: {"school_id": p.school.pk}, own={200: SEE_REGISTRY, 403: NOT_REGISTRY}),
]
ROWS += [
    row("api:chats", own={200: SIGNED_IN}),
    row(
        "api:chats",
        method="post",
        data=lambda p: {"kind": "pupils", "school_class": p.school_class.pk},
        own={201: "homeroom", 403: NOT_HOMEROOM},
        other_class={403: SEE_OTHER_CLASS},
    ),
    of_chat("api:chat", {200: IN_CHAT}),
    of_chat("api:chat_messages", {200: IN_CHAT}),
    act("api:chat_messages", {201: IN_CHAT}, text="Да"),
    of_chat(
        "api:chat_message",
        {200: "homeroom", 403: "parent"},
        message,
        method="patch",
        data=lambda p: {"text": "Нет"},
    ),
    of_chat("api:chat_message", {200: "homeroom", 403: "parent"}, message, method="delete"),
    act("api:chat_read", {200: IN_CHAT}, seq=1),
]
