"""The live feed through a real server, on whichever transport the run has (in process, or Redis)."""

import pytest
from websockets.exceptions import InvalidStatus

from accounts.models import User
from sferum_portal import feed

from .conftest import Listen, signed_in


def say(topic: str | list[str], text: object) -> None:
    feed.publish(topic, {"type": "message", "text": text})


def test_messages_come_in_order_and_once(listen: Listen, anna: User) -> None:
    one, two = listen(anna), listen(anna)
    one.until("hello"), two.until("hello")
    feed.grant_topics(anna.pk, ["chat:1", "chat:2"])
    for number in range(200):
        say(["chat:1", "chat:2"], number)
    for client in (one, two):
        assert [client.get()["text"] for _ in range(200)] == list(range(200))


def test_only_holders_of_the_topic_hear(listen: Listen, anna: User, boris: User) -> None:
    hers, his = listen(anna), listen(boris)
    hers.until("hello"), his.until("hello")
    say(f"user:{anna.pk}", "for Anna")
    say(f"user:{boris.pk}", "for Boris")
    assert hers.get()["text"] == "for Anna"
    assert his.get()["text"] == "for Boris"


def test_who_was_removed_does_not_hear_the_next_message(listen: Listen, anna: User, boris: User) -> None:
    hers, his = listen(anna), listen(boris)
    hers.until("hello"), his.until("hello")
    feed.grant_topics([anna.pk, boris.pk], "chat:1")
    for _ in range(50):
        say("chat:1", "before")
    feed.revoke_topics(anna.pk, "chat:1")
    say("chat:1", "after")
    say(f"user:{anna.pk}", "end")
    assert [hers.get()["text"] for _ in range(51)] == ["before"] * 50 + ["end"]
    assert [his.get()["text"] for _ in range(51)][-1] == "after"


def test_a_client_that_comes_back_gets_what_it_missed(listen: Listen, anna: User) -> None:
    first = listen(anna)
    first.until("hello")
    say(f"user:{anna.pk}", 1)
    cursor = first.get()["c"]
    first.connection.close()
    for text in (2, 3):
        say(f"user:{anna.pk}", text)
    say("user:0", "not hers")
    again = listen(anna, since=cursor)
    again.until("hello")
    assert [again.get()["text"] for _ in range(2)] == [2, 3]
    say(f"user:{anna.pk}", 4)
    assert again.get()["text"] == 4


@pytest.mark.parametrize("since", ["other:1", "nonsense", "x:", ":5", "0:99999999999999999999999"])
def test_an_unknown_cursor_is_answered_by_resync(listen: Listen, anna: User, since: str) -> None:
    assert listen(anna, since=since).until("resync")


def test_what_was_said_before_the_right_came_is_not_replayed(listen: Listen, anna: User) -> None:
    first = listen(anna)
    cursor = first.until("hello")[-1]["cursor"]
    first.connection.close()
    say("chat:1", "before she came in")
    feed.grant_topics(anna.pk, "chat:1")
    assert [message["type"] for message in listen(anna, since=cursor).until("resync")] == ["hello", "resync"]


def test_an_ended_session_closes_its_sockets_only(listen: Listen, anna: User) -> None:
    session = signed_in(anna).session_key
    ended, other = listen(session_key=session), listen(anna)
    ended.until("hello"), other.until("hello")
    feed.close_user(anna.pk, session)
    assert ended.close_code() == 4401
    say(f"user:{anna.pk}", "still here")
    assert other.get()["text"] == "still here"


def test_a_visitor_without_a_session_is_sent_away(listen: Listen) -> None:
    assert listen().close_code() == 4401
    assert listen(session_key="forged").close_code() == 4401


def test_a_disabled_user_is_sent_away(listen: Listen, anna: User) -> None:
    session = signed_in(anna).session_key
    User.objects.filter(pk=anna.pk).update(is_active=False)
    assert listen(session_key=session).close_code() == 4401


def test_a_foreign_site_cannot_listen(listen: Listen, anna: User) -> None:
    with pytest.raises(InvalidStatus) as refused:
        listen(anna, origin="https://evil.example")
    assert refused.value.response.status_code == 403
