"""The channels for programs."""

import pytest
from django.test import Client

from channels_app.models import Channel, Post
from channels_app.services import publish_post
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def wide() -> Channel:
    return make.make_school().channels.get(kind="school_wide")


@pytest.fixture
def desk(client: Client, wide: Channel) -> Client:
    client.force_login(make.administrator_of(wide.school))
    return client


@pytest.fixture
def teacher(wide: Channel) -> Client:
    client = Client()
    client.force_login(make.user_of(make.make_staff(wide.school)))
    return client


def publish(wide: Channel, count: int) -> list[Post]:
    admin = make.administrator_of(wide.school)
    return [publish_post(by=admin, channel=wide, text=f"Новость {n}") for n in range(1, count + 1)]


def test_a_reader_lists_channels_and_posts(teacher: Client, wide: Channel) -> None:
    publish(wide, 3)
    channels = {row["kind"]: row for row in teacher.get("/api/v1/channels/").json()}
    assert channels["school_wide"]["unread"] == 3
    assert channels["staff"]["last_at"] is None
    rows = teacher.get(f"/api/v1/channels/{wide.pk}/posts/?limit=2").json()
    assert [row["seq"] for row in rows] == [3, 2]
    older = teacher.get(f"/api/v1/channels/{wide.pk}/posts/?before=2").json()
    assert [row["text"] for row in older] == ["Новость 1"]
    assert teacher.get(f"/api/v1/channels/{wide.pk}/posts/?before=x").status_code == 400


def test_what_was_read_is_noted_and_never_beyond_the_last_post(teacher: Client, wide: Channel) -> None:
    publish(wide, 2)
    assert teacher.post(f"/api/v1/channels/{wide.pk}/read/", {"seq": 99}, "application/json").status_code == 204
    assert wide.readings.filter(read_seq=2).count() == 2
    publish(wide, 1)
    [channel] = [row for row in teacher.get("/api/v1/channels/").json() if row["id"] == wide.pk]
    assert channel["unread"] == 1


def test_the_desk_publishes_edits_and_recalls(desk: Client, wide: Channel) -> None:
    made = desk.post(f"/api/v1/channels/{wide.pk}/posts/", {"text": "Каникулы с 27 октября"}, "application/json")
    assert made.status_code == 201
    post = made.json()["id"]
    edited = desk.patch(f"/api/v1/posts/{post}/", {"text": "Каникулы с 26 октября"}, "application/json")
    assert edited.json()["text"] == "Каникулы с 26 октября"
    assert edited.json()["edited_at"]
    assert desk.post(f"/api/v1/posts/{post}/recall/").json()["recalled_at"]
    again = desk.post(f"/api/v1/posts/{post}/recall/")
    assert (again.status_code, again.json()["code"]) == (409, "already_recalled")


def test_a_reader_is_told_the_clause(teacher: Client, wide: Channel) -> None:
    answer = teacher.post(f"/api/v1/channels/{wide.pk}/posts/", {"text": "Я тоже"}, "application/json")
    assert answer.status_code == 403
    assert not Post.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "я" * 10_001])
def test_an_empty_and_an_endless_text_are_refused(desk: Client, wide: Channel, text: str) -> None:
    answer = desk.post(f"/api/v1/channels/{wide.pk}/posts/", {"text": text}, "application/json")
    assert answer.status_code == 400
    assert "text" in answer.json()["errors"]
