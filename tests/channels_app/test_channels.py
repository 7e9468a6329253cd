"""The system channels: made with the school, read by role, written by the administrator."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from channels_app import services
from channels_app.models import Channel, ChannelKind, Post
from school.errors import Refusal
from school.models import Event, EventKind, School
from school.rights import RightDenied
from tests import factories as make
from tests.conftest import Published

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make.make_school()


@pytest.fixture
def wide(school: School) -> Channel:
    return school.channels.get(kind=ChannelKind.SCHOOL_WIDE)


@pytest.fixture
def staff_channel(school: School) -> Channel:
    return school.channels.get(kind=ChannelKind.STAFF)


def publish(channel: Channel, text: str = "С первым сентября!") -> Post:
    return services.publish_post(by=make.administrator_of(channel.school), channel=channel, text=text)


def seen_by(user: Any) -> set[str]:
    return set(Channel.objects.visible_to(make.fresh(user)).values_list("kind", flat=True))


def test_a_school_is_made_with_its_two_channels(school: School) -> None:
    assert set(school.channels.values_list("kind", flat=True)) == {"school_wide", "staff"}
    services.ensure_channels(school)
    assert school.channels.count() == 2


def test_the_audience_follows_the_role(school: School) -> None:
    school_class = make.make_class(school)
    pupil = make.make_pupil(school_class)
    parent = make.make_parent(pupil)
    waiting = make.make_staff(school, verified=False)
    assert seen_by(make.user_of(pupil)) == {"school_wide"}
    assert seen_by(make.user_of(parent)) == {"school_wide"}
    assert seen_by(make.user_of(make.make_staff(school))) == {"school_wide", "staff"}
    assert seen_by(make.user_of(make.make_staff(school, "employee", verified=False))) == {"school_wide", "staff"}
    assert seen_by(make.user_of(waiting)) == set()
    assert seen_by(make.administrator_of(make.make_school())).isdisjoint(set(school.channels.all()))


def test_posts_are_numbered_and_logged(wide: Channel) -> None:
    first, second = publish(wide), publish(wide, "  Родительское собрание  ")
    assert (first.seq, second.seq, second.text) == (1, 2, "Родительское собрание")
    assert Event.objects.filter(kind=EventKind.POST_PUBLISHED, school=wide.school).count() == 2


def test_only_the_administrator_publishes(wide: Channel) -> None:
    teacher = make.user_of(make.make_staff(wide.school))
    with pytest.raises(RightDenied) as denied:
        services.publish_post(by=teacher, channel=wide, text="Привет")
    assert denied.value.explanation.clause == "2.1"
    post = publish(wide)
    with pytest.raises(RightDenied):
        services.edit_post(by=teacher, post=post, text="Иначе")
    with pytest.raises(RightDenied):
        services.recall_post(by=teacher, post=post)


@pytest.mark.parametrize(("text", "code"), [("  \n ", "empty_text"), ("я" * 10_001, "long_text")])
def test_an_empty_and_an_endless_text_are_refused(wide: Channel, text: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        publish(wide, text)
    assert refusal.value.code == code
    assert not Post.objects.exists()


def test_an_edited_post_says_so_and_the_log_keeps_the_old_text(wide: Channel) -> None:
    post = services.edit_post(by=make.administrator_of(wide.school), post=publish(wide, "В 17:00"), text="В 18:00")
    assert post.edited_at
    event = Event.objects.get(kind=EventKind.POST_CHANGED)
    assert (event.old, event.new) == ({"text": "В 17:00"}, {"text": "В 18:00"})


def test_nothing_is_written_when_nothing_changed(wide: Channel) -> None:
    post = services.edit_post(by=make.administrator_of(wide.school), post=publish(wide, "Да"), text="Да")
    assert post.edited_at is None
    assert not Event.objects.filter(kind=EventKind.POST_CHANGED).exists()


def test_a_recalled_post_is_gone_for_readers_and_marked_for_the_desk(wide: Channel) -> None:
    admin, reader = make.administrator_of(wide.school), make.user_of(make.make_staff(wide.school))
    post = publish(wide)
    services.recall_post(by=admin, post=post)
    assert not Post.objects.visible_to(reader).exists()
    assert Post.objects.visible_to(admin).get().recalled_at
    for act in (
        lambda: services.recall_post(by=admin, post=post),
        lambda: services.edit_post(by=admin, post=post, text="?"),
    ):
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.code == "already_recalled"


def unread(channel: Channel, user: Any) -> int:
    return Channel.objects.visible_to(make.fresh(user)).with_news(user).get(pk=channel.pk).unread  # type: ignore[attr-defined]


def test_unread_counts_what_stands_after_what_was_read(wide: Channel) -> None:
    reader = make.user_of(make.make_staff(wide.school))
    posts = [publish(wide, f"Новость {n}") for n in range(4)]
    services.recall_post(by=make.administrator_of(wide.school), post=posts[3])
    assert unread(wide, reader) == 3
    services.note_read(by=reader, channel=wide, seq=posts[1].seq)
    assert unread(wide, reader) == 1
    services.note_read(by=reader, channel=wide, seq=posts[0].seq)
    assert unread(wide, reader) == 1
    assert unread(wide, make.administrator_of(wide.school)) == 0


def test_a_post_may_be_dated_back_for_a_made_up_school(wide: Channel) -> None:
    then = timezone.now() - dt.timedelta(days=9)
    post = services.publish_post(by=make.administrator_of(wide.school), channel=wide, text="Было", at=then)
    assert post.published_at == then


def test_readers_hear_of_it_and_nobody_else(
    staff_channel: Channel, published: Published, django_capture_on_commit_callbacks: Any
) -> None:
    admin, teacher = make.administrator_of(staff_channel.school), make.make_staff(staff_channel.school)
    pupil = make.make_pupil(make.make_class(staff_channel.school))
    with django_capture_on_commit_callbacks(execute=True):
        post = publish(staff_channel)
    [(topics, payload)] = published.messages("post_published")
    assert set(topics) == {f"user:{admin.pk}", f"user:{teacher.user_id}"}
    assert f"user:{pupil.user_id}" not in topics
    assert payload == {"type": "post_published", "channel": staff_channel.pk, "post": post.pk, "seq": 1}


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client: Client, school: School) -> Client:
    client.force_login(make.administrator_of(school))
    return client


@pytest.fixture
def reader(school: School) -> Client:
    client = Client()
    parent = make.make_parent(make.make_pupil(make.make_class(school)))
    client.force_login(make.user_of(parent))
    return client


def test_the_administrator_publishes_in_the_browser(desk: Client, reader: Client, wide: Channel) -> None:
    answer = desk.post(f"/channels/{wide.pk}/", {"text": "Завтра субботник: https://example.ru/plan"}, follow=True)
    assert "Завтра субботник" in answer.content.decode()
    page = reader.get(f"/channels/{wide.pk}/").content.decode()
    assert 'href="https://example.ru/plan"' in page
    assert "<textarea" not in page


def test_what_is_written_is_never_markup(desk: Client, wide: Channel) -> None:
    page = desk.post(f"/channels/{wide.pk}/", {"text": "<img src=x onerror=alert(1)>"}, follow=True).content.decode()
    assert "<img" not in page


def test_a_page_that_was_opened_is_read(reader: Client, wide: Channel) -> None:
    publish(wide)
    assert 'count count--accent" aria-hidden' in reader.get("/channels/").content.decode()
    reader.get(f"/channels/{wide.pk}/")
    assert 'count count--accent" aria-hidden' not in reader.get("/channels/").content.decode()


def test_the_desk_sees_how_far_a_post_has_come(desk: Client, reader: Client, wide: Channel) -> None:
    publish(wide)
    reader.get(f"/channels/{wide.pk}/")
    response = desk.get(f"/channels/{wide.pk}/")
    assert (response.context["posts"][0].reached, response.context["readers"]) == (2, 3)


def test_a_reader_is_refused_and_a_stranger_finds_nothing(
    reader: Client, wide: Channel, staff_channel: Channel
) -> None:
    post = publish(wide)
    assert reader.post(f"/channels/{wide.pk}/", {"text": "Я тоже"}).status_code == 403
    assert reader.get(f"/channels/posts/{post.pk}/edit/").status_code == 403
    assert reader.post(f"/channels/posts/{post.pk}/recall/").status_code == 403
    assert reader.get(f"/channels/{staff_channel.pk}/").status_code == 404
    stranger = Client()
    stranger.force_login(make.administrator_of(make.make_school()))
    assert stranger.get(f"/channels/{wide.pk}/").status_code == 404
    assert stranger.post(f"/channels/posts/{post.pk}/recall/").status_code == 404


def test_recalling_is_never_done_by_a_link(desk: Client, wide: Channel) -> None:
    assert desk.get(f"/channels/posts/{publish(wide).pk}/recall/").status_code == 405


def test_the_administrator_edits_and_recalls_in_the_browser(desk: Client, wide: Channel) -> None:
    post = publish(wide)
    answer = desk.post(f"/channels/posts/{post.pk}/edit/", {"text": "Исправлено"}, follow=True)
    assert "Исправлено" in answer.content.decode()
    answer = desk.post(f"/channels/posts/{post.pk}/edit/", {"text": " "})
    assert answer.context["form"].errors
    desk.post(f"/channels/posts/{post.pk}/recall/")
    assert Post.objects.get().recalled_at


def in_menu(client: Client, path: str) -> int:
    """The number beside «Каналы»."""
    groups = client.get(path).context["navigation"]["groups"]
    return next(item.count for group in groups for item in group.items if item.url_name == "channels:list")


@pytest.mark.parametrize("path", ["/", "/channels/", "/chats/"])
def test_the_menu_counts_what_is_unread(reader: Client, wide: Channel, staff_channel: Channel, path: str) -> None:
    posts = [publish(wide, f"Новость {n}") for n in range(3)]
    publish(staff_channel, "Только сотрудникам")
    assert in_menu(reader, path) == 3
    services.recall_post(by=make.administrator_of(wide.school), post=posts[0])
    assert in_menu(reader, path) == 2
    assert in_menu(reader, f"/channels/{wide.pk}/") == 0
    assert in_menu(reader, path) == 0


def test_the_menu_counts_posts_and_chats_in_one_query(reader: Client, wide: Channel) -> None:
    publish(wide)
    reader.get("/accounts/profile/")
    with CaptureQueriesContext(connection) as queries:
        reader.get("/accounts/profile/")
    counting = [query["sql"] for query in queries if "COUNT(*)" in query["sql"]]
    assert len(counting) == 1
    assert "channels_app_post" in counting[0]
    assert "chats_chat" in counting[0]


def test_other_pages_of_a_reader_hear_that_he_has_read(
    wide: Channel, published: Published, django_capture_on_commit_callbacks: Any
) -> None:
    reader = make.user_of(make.make_staff(wide.school))
    post = publish(wide)
    for _ in range(2):  # the second time says nothing new
        with django_capture_on_commit_callbacks(execute=True):
            services.note_read(by=reader, channel=wide, seq=post.seq)
    payload = {"type": "posts_read", "channel": wide.pk, "seq": post.seq}
    assert published.messages("posts_read") == [((f"user:{reader.pk}",), payload)]


@pytest.mark.parametrize("path", ["/channels/", "/channels/{}/"])
def test_pages_cost_the_same_with_few_and_with_many_posts(
    desk: Client, wide: Channel, path: str, django_assert_max_num_queries: Any
) -> None:
    publish(wide)
    path = path.format(wide.pk)
    with django_assert_max_num_queries(14) as few:
        desk.get(path)
    for number in range(15):
        publish(wide, f"Новость {number}")
    desk.get(path)
    with django_assert_max_num_queries(14) as many:
        desk.get(path)
    assert len(many) <= len(few)
