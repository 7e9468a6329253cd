"""Chats that one reads on without being in them, their settings, and what is hidden: quotes, the feed, the cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from chats.kinds import Kind
from chats.models import Message
from chats.services import (
    create_chat,
    delete_message,
    edit_chat,
    edit_message,
    send_message,
)
from chats.standing import ChatDenied
from school.event_words import in_one_line
from school.models import Event, EventKind
from tests import factories as f
from tests.conftest import Published

from .conftest import Room
from .days import DAYS, MOVED, fill, move, read
from .test_api import client_of, get, post

pytestmark = pytest.mark.django_db


def test_in_a_kept_chat_nothing_can_be_done(old: Room, new: Room, after_commit):
    own = send_message(by=old.pupil, chat_id=old.pupils_chat.pk, text="за 0 дней").payload["id"]
    with after_commit():
        move(old, new.school_class)
    chat, client = old.pupils_chat.pk, client_of(old.pupil)
    json = {"content_type": "application/json"}
    address = f"/api/v1/chats/{chat}"
    refused = {
        "say": client.post(f"{address}/messages/", {"text": "Ещё"}, **json),
        "read": client.post(f"{address}/read/", {"seq": 1}, **json),
        "edit": client.patch(f"{address}/messages/{own}/", {"text": "Иначе"}, **json),
        "delete": client.delete(f"{address}/messages/{own}/"),
        "page": client.post(f"/chats/{chat}/", {"text": "Ещё"}),
        "members": client.get(f"/chats/{chat}/info/"),
        "leave": client.post(f"/chats/{chat}/leave/"),
        "mute": client.post(f"/chats/{chat}/mute/", {"muted": "1"}),
    }
    assert {name: response.status_code for name, response in refused.items()} == dict.fromkeys(refused, 404)
    told = get(old.pupil, f"{chat}/").json()
    assert (told["former"], told["unread"], told["readers"]) == (True, 0, {})
    assert told["may"] == {"write": False, "manage": False, "leave": False}
    page = client.get(f"/chats/{chat}/").content.decode()
    assert "Вы больше не в этом чате" in page
    assert 'name="text"' not in page


def test_kept_chats_stand_apart(old: Room, new: Room, after_commit):
    fill(old.pupils_chat, old.homeroom, 20, 9)
    with after_commit():
        move(old, new.school_class, MOVED)
    assert [line["id"] for line in get(old.pupil).json()] == [new.pupils_chat.pk]
    [kept] = get(old.pupil, "?former=1").json()
    assert (kept["id"], kept["last_seq"], kept["former"]) == (old.pupils_chat.pk, 1, True)
    page = client_of(old.pupil).get("/chats/").content.decode()
    assert "Прежние чаты" in page
    assert old.pupils_chat.title in page
    assert get(old.homeroom, "?former=1").json() == []


def test_a_quote_of_what_is_hidden_is_left_out(old: Room, new: Room, after_commit):
    fill(new.pupils_chat, new.homeroom, 20)
    hidden = Message.objects.get(chat=new.pupils_chat)
    with after_commit():
        move(old, new.school_class, MOVED)
    send_message(by=new.homeroom, chat_id=new.pupils_chat.pk, text="за 0 дней", reply_to=hidden.pk)
    path = f"{new.pupils_chat.pk}/messages/"
    assert get(old.pupil, path).json()[0]["reply_to"] is None
    assert hidden.text not in client_of(old.pupil).get(f"/chats/{new.pupils_chat.pk}/").content.decode()
    assert get(new.pupil, path).json()[0]["reply_to"]["text"] == hidden.text
    assert post(old.pupil, path, {"text": "Да", "reply_to": hidden.pk}).json()["code"] == "no_such_message"


def test_what_is_hidden_from_somebody_is_not_said_to_everybody(
    old: Room, new: Room, after_commit, published: Published
):
    fill(new.pupils_chat, new.homeroom, 20)
    hidden = Message.objects.get(chat=new.pupils_chat)
    with after_commit():
        move(old, new.school_class, MOVED)
    published.clear()
    with after_commit():
        sent = send_message(by=new.homeroom, chat_id=new.pupils_chat.pk, text="Ответ", reply_to=hidden.pk)
        edit_message(by=new.homeroom, message=hidden, text="Исправлено")
        edit_message(by=new.homeroom, message=Message.objects.get(pk=sent.payload["id"]), text="Ответ!")
        delete_message(by=new.homeroom, message=hidden)
    heard = [payload for _topics, payload in published.messages()]
    assert [payload.get("partial") for payload in heard] == [True] * 4
    assert [payload.get("text") for payload in heard] == ["Ответ", None, "Ответ!", None]
    assert not any(payload.get("reply_to") for payload in heard)
    assert sent.payload["reply_to"]["text"] == hidden.text


def test_where_nobody_is_limited_everybody_hears_everything(old: Room, after_commit, published: Published):
    fill(old.pupils_chat, old.homeroom, 20)
    first = Message.objects.get(chat=old.pupils_chat)
    with after_commit():
        send_message(by=old.homeroom, chat_id=old.pupils_chat.pk, text="Ответ", reply_to=first.pk)
        edit_message(by=old.homeroom, message=first, text="Исправлено")
    assert not any("partial" in payload for _topics, payload in published.messages())


def test_where_the_chat_is_so_set_nothing_is_left_or_everything_is_seen(old: Room, new: Room, after_commit):
    for room in (old, new):
        fill(room.pupils_chat, room.homeroom, *DAYS)
    with after_commit():
        move(old, new.school_class, MOVED)
    for chat, by, setting in (
        (old.pupils_chat, old.homeroom, {"leavers_read": "nothing"}),
        (new.pupils_chat, new.homeroom, {"newcomers_see": "all"}),
    ):
        edit_chat(by=f.fresh(by), chat=chat, title=chat.title, purpose="", **setting)
    assert read(old.pupil, old.pupils_chat) == []
    assert get(old.pupil, f"{old.pupils_chat.pk}/").status_code == 404
    assert read(old.pupil, new.pupils_chat) == list(DAYS)


@pytest.mark.parametrize(
    ("kind", "expected"), [(Kind.PARENTS, ("joined", "before")), (Kind.TEACHERS, ("all", "nothing"))]
)
def test_the_defaults_of_a_new_chat(old: Room, kind: Kind, expected: tuple[str, str]):
    other = f.make_class(old.school, "8А")
    chat = create_chat(by=f.user_of(f.make_homeroom(other)), kind=kind, scope=other)
    assert (chat.newcomers_see, chat.leavers_read) == expected


def test_the_keeper_sets_it_on_the_page_and_a_member_does_not(old: Room):
    path = f"/chats/{old.parents_chat.pk}/edit/"
    data = {"title": "Родители", "newcomers_see": "all", "leavers_read": "nothing"}
    assert client_of(old.parent).post(path, data).status_code == 403
    page = client_of(old.homeroom).get(path).content.decode()
    assert "Новые участники видят" in page
    assert client_of(old.homeroom).post(path, data).status_code == 302
    old.parents_chat.refresh_from_db()
    assert (old.parents_chat.newcomers_see, old.parents_chat.leavers_read) == ("all", "nothing")
    event = Event.objects.filter(kind=EventKind.CHAT_CHANGED).first()
    assert (event.old["newcomers_see"], event.new["newcomers_see"]) == ("с дня вступления", "всю историю")
    assert "новые участники видят" in in_one_line(event)
    with pytest.raises(ChatDenied):
        edit_chat(by=old.parent, chat=old.parents_chat, title="Да", purpose="", newcomers_see="joined")
    with pytest.raises(ValueError, match="nonsense"):
        edit_chat(by=f.fresh(old.homeroom), chat=old.parents_chat, title="Да", purpose="", newcomers_see="nonsense")


def test_a_chat_costs_its_budget_for_a_member_for_one_who_came_back_and_for_one_who_left(
    old: Room, new: Room, after_commit
):
    fill(old.pupils_chat, old.homeroom, *DAYS)
    paths = (f"/chats/{old.pupils_chat.pk}/", f"/api/v1/chats/{old.pupils_chat.pk}/messages/", "/chats/")
    costs = []
    for to in (None, new, old):
        if to:
            with after_commit():
                move(old, to.school_class)
        costs.append([cost(old.pupil, path) for path in paths])
    assert costs[0] == costs[2]
    assert max(cost for row in costs for cost in row) <= 10, costs
    assert costs[1][1] == costs[0][1] <= 6


def cost(user: User, path: str) -> int:
    client = client_of(user)
    client.get("/channels/")  # what a session costs once
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)
