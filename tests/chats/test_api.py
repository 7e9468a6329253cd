"""The wire that outside programs rely on."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from chats.models import ChatState, Message
from chats.services import archive_chat, send_message
from tests import factories as f
from tests.conftest import Published

from .conftest import Room, make_room

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def post(user: User, path: str, body: dict[str, Any]) -> Any:
    return client_of(user).post(f"/api/v1/chats/{path}", body, content_type="application/json")


def get(user: User, path: str = "") -> Any:
    return client_of(user).get(f"/api/v1/chats/{path}")


def write(room: Room, count: int) -> None:
    Message.objects.bulk_create(
        Message(
            school=room.school,
            chat=room.parents_chat,
            seq=number,
            author=room.parent,
            text=f"Сообщение {number}",
            client_key=str(number),
        )
        for number in range(1, count + 1)
    )
    room.parents_chat.last_seq, room.parents_chat.active_at = count, timezone.now()
    room.parents_chat.save()


def statements(queries: CaptureQueriesContext) -> list[str]:
    """Without what opens and closes transactions (savepoints only exist because the test itself is in one)."""
    brackets = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    return [query["sql"] for query in queries if not query["sql"].startswith(brackets)]


def test_a_message_is_201_and_its_repeat_200(room: Room):
    path, body = f"{room.parents_chat.pk}/messages/", {"text": "Добрый день", "client_key": "a-1"}
    first, again = post(room.parent, path, body), post(room.parent, path, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["seq"] == 1
    assert {"id", "seq", "created_at", "author", "text", "reply_to", "client_key"} <= first.json().keys()


def test_sending_costs_five_queries(room: Room):
    client = client_of(room.parent)
    client.get("/api/v1/chats/")  # what a session costs once: the second factor, the last visit
    with CaptureQueriesContext(connection) as queries:
        response = client.post(
            f"/api/v1/chats/{room.parents_chat.pk}/messages/",
            {"text": "Да", "client_key": "k"},
            content_type="application/json",
        )
    assert response.status_code == 201
    assert len(statements(queries)) <= 5, "\n".join(statements(queries))


def test_what_is_sent_is_what_is_heard_and_what_is_read(
    room: Room, published: Published, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        sent = post(room.parent, f"{room.parents_chat.pk}/messages/", {"text": "<b>Да</b>", "client_key": "k"}).json()
    [(topics, payload)] = published.messages("message")
    assert topics == (room.parents_chat.topic,)
    assert payload == {"type": "message", **sent}
    assert get(room.homeroom, f"{room.parents_chat.pk}/messages/").json() == [sent]


def test_state_and_events_make_the_fresh_state(room: Room, published: Published, django_capture_on_commit_callbacks):
    chat = room.parents_chat.pk
    with django_capture_on_commit_callbacks(execute=True):
        ids = [post(room.parent, f"{chat}/messages/", {"text": str(n)}).json()["id"] for n in range(4)]
        client = client_of(room.parent)
        client.patch(f"/api/v1/chats/{chat}/messages/{ids[1]}/", {"text": "иначе"}, content_type="application/json")
        client_of(room.homeroom).delete(f"/api/v1/chats/{chat}/messages/{ids[2]}/")
        post(room.homeroom, f"{chat}/messages/", {"text": "в ответ", "reply_to": ids[0]})
    state: dict[int, Any] = {}
    for _topics, payload in published.messages():
        if payload.pop("type") in ("message", "message_changed"):
            state[payload["seq"]] = payload
    assert [state[seq] for seq in sorted(state)] == get(room.parent, f"{chat}/messages/?after=0").json()


def test_pages(room: Room):
    write(room, 120)
    path = f"{room.parents_chat.pk}/messages/"
    seqs = lambda query: [m["seq"] for m in get(room.homeroom, path + query).json()]  # noqa: E731
    assert seqs("") == list(range(120, 70, -1))
    assert seqs("?before=71&limit=3") == [70, 69, 68]
    assert seqs("?after=117") == [118, 119, 120]
    assert seqs("?after=0&limit=2") == [1, 2]
    assert seqs("?after=120") == []
    assert len(seqs("?limit=100000")) == 120
    for query in ("?before=x", "?after=-1", "?limit=²", "?before=99999999999999999999"):
        assert get(room.homeroom, path + query).status_code == 400


def test_opening_costs_the_same_with_3_and_3000_messages(room: Room):
    counts = []
    for number in (3, 3000):
        Message.objects.all().delete()
        write(room, number)
        client = client_of(room.homeroom)
        client.get("/api/v1/chats/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/api/v1/chats/{room.parents_chat.pk}/messages/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6
    assert all("OFFSET" not in query["sql"] for query in queries)


def test_the_list_tells_what_is_unread_and_what_i_may(room: Room):
    write(room, 3)
    [mine] = get(room.parent).json()
    assert (mine["title"], mine["unread"], mine["last_message"]["text"]) == ("7Б: родители", 3, "Сообщение 3")
    assert mine["may"] == {"write": True, "manage": False, "leave": True}
    first = get(room.homeroom).json()[0]
    assert (first["id"], first["may"]["manage"]) == (room.parents_chat.pk, True)
    assert post(room.parent, f"{room.parents_chat.pk}/read/", {"seq": 2}).json() == {"seq": 2}
    assert get(room.parent).json()[0]["unread"] == 1


def test_the_list_costs_the_same_with_2_and_20_chats(room: Room):
    teacher = room.homeroom
    send_message(by=teacher, chat_id=room.parents_chat.pk, text="Да")
    counts = []
    for _ in range(2):
        client = client_of(teacher)
        client.get("/api/v1/channels/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/api/v1/chats/")
        counts.append(len(queries))
        for _number in range(9):
            other = room.school.chats.create(
                kind="class_other",
                clause="2.3",
                school_class=room.school_class,
                title="Ещё",
                owner=teacher,
            )
            for audience in room.parents_chat.audiences.all():
                other.audiences.create(group=audience.group)
            send_message(by=teacher, chat_id=other.pk, text="Да")
    assert counts[0] == counts[1] <= 10


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty_message"), ("\u200b", "empty_message"), ("я" * 10_000, "message_too_long")]
)
def test_bad_texts_are_refused_in_russian(room: Room, text: str, code: str):
    response = post(room.parent, f"{room.parents_chat.pk}/messages/", {"text": text})
    assert response.status_code == 409
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["code"] == code
    assert any("а" <= letter <= "я" for letter in problem["detail"])
    assert problem["errors"]["text"]


@pytest.mark.parametrize(
    "body", [{}, {"text": 5, "client_key": "я" * 65}, {"text": "a", "reply_to": "x"}, {"text": []}]
)
def test_malformed_bodies_are_400(room: Room, body: dict[str, Any]):
    assert post(room.parent, f"{room.parents_chat.pk}/messages/", body).status_code == 400


def test_a_foreign_chat_does_not_exist(room: Room):
    elsewhere = make_room().parents_chat.pk
    message = send_message(by=room.parent, chat_id=room.parents_chat.pk, text="Тайна").payload["id"]
    for user, chat in ((room.parent, elsewhere), (room.pupil, room.parents_chat.pk), (f.make_user(), elsewhere)):
        client = client_of(user)
        assert client.get(f"/api/v1/chats/{chat}/").status_code == 404
        assert client.get(f"/api/v1/chats/{chat}/messages/").status_code == 404
        assert post(user, f"{chat}/messages/", {"text": "Да"}).status_code == 404
        assert post(user, f"{chat}/read/", {"seq": 1}).status_code == 404
        address = f"/api/v1/chats/{chat}/messages/{message}/"
        assert client.patch(address, {"text": "Да"}, content_type="application/json").status_code == 404
        assert client.delete(address).status_code == 404
    assert Client().get("/api/v1/chats/").status_code == 401


def test_the_archive_answers_409(room: Room):
    archive_chat(by=room.homeroom, chat=room.parents_chat)
    response = post(room.parent, f"{room.parents_chat.pk}/messages/", {"text": "Да"})
    assert (response.status_code, response.json()["code"]) == (409, "chat_archived")
    assert get(room.parent, f"{room.parents_chat.pk}/messages/").status_code == 200


def test_a_pupil_cannot_create_a_chat_and_is_told_the_clause(room: Room):
    response = post(room.pupil, "", {"kind": "parents", "school_class": room.school_class.pk})
    assert response.status_code == 403
    assert (response.json()["code"], response.json()["clause"]) == ("right_denied", "2.3")
    other = make_room("7А", room.school).school_class
    assert post(room.pupil, "", {"kind": "parents", "school_class": other.pk}).status_code == 404
    assert post(room.pupil, "", {"kind": "parents"}).status_code == 400


def test_the_homeroom_teacher_creates_by_the_api(room: Room):
    body = {"kind": "class_other", "school_class": room.school_class.pk, "title": "Поход"}
    response = post(room.homeroom, "", {**body, "people": [room.pupil_person.pk]})
    assert response.status_code == 201
    assert response.json()["clause"] == "2.3"
    assert post(room.homeroom, "", {**body, "people": [10**9]}).status_code == 400
    again = post(room.homeroom, "", {"kind": "parents", "school_class": room.school_class.pk})
    assert (again.status_code, again.json()["code"]) == (409, "chat_exists")


def test_only_the_author_edits(room: Room):
    sent = send_message(by=room.parent, chat_id=room.parents_chat.pk, text="Да").payload
    address = f"/api/v1/chats/{room.parents_chat.pk}/messages/{sent['id']}/"
    response = client_of(room.homeroom).patch(address, {"text": "Нет"}, content_type="application/json")
    assert response.status_code == 403
    assert client_of(room.homeroom).delete(address).json()["deleted"] is True


def test_what_was_said_before_the_newcomer_came_is_not_in_his_pages(room: Room):
    write(room, 5)
    ChatState.objects.create(chat=room.parents_chat, user=room.parent, from_seq=3, read_seq=5)
    path = f"{room.parents_chat.pk}/messages/"
    assert [m["seq"] for m in get(room.parent, path).json()] == [5, 4]
    assert [m["seq"] for m in get(room.parent, f"{path}?after=0").json()] == [4, 5]
    hidden = Message.objects.get(seq=2)
    reply = post(room.parent, path, {"text": "Да", "reply_to": hidden.pk})
    assert reply.json()["code"] == "no_such_message"
