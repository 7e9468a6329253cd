"""The live feed through a real server, on whichever transport the run has (in process, or Redis)."""

import asyncio
import time
from contextlib import suppress
from typing import Any, cast

import pytest
from rest_framework.authtoken.models import Token
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from accounts.models import User
from sferum_portal import feed
from sferum_portal.asgi import without_ambiguous_headers
from sferum_portal.consumers import FLOOD_MESSAGES
from sferum_portal.feed.events import Event
from sferum_portal.feed.hub import SOCKETS_PER_USER
from tests.listener import Listener, own_origin

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


def test_a_program_listens_with_a_token_and_without_an_origin(portal: int, anna: User) -> None:
    token = Token.objects.create(user=anna)
    for key, greeting in ((token.key, "hello"), ("forged", None)):
        headers = {"Authorization": f"Token {key}"}
        with connect(f"ws://127.0.0.1:{portal}/ws/feed/", additional_headers=headers) as connection:
            client = Listener(connection)
            if greeting:
                assert client.get()["type"] == greeting
            else:
                assert client.close_code() == 4401


def test_a_client_that_does_not_read_is_dropped_and_catches_up(listen: Listen, anna: User, boris: User) -> None:
    slow, quick = listen(anna), listen(boris)
    slow.until("hello"), quick.until("hello")
    feed.grant_topics([anna.pk, boris.pk], "chat:1")
    for number in range(3000):
        feed.publish("chat:1", {"type": "message", "text": number, "filler": "x" * 8000})
        assert quick.get()["text"] == number
    heard = 0
    with suppress(ConnectionClosed):
        while True:
            last = slow.get()
            heard += 1
    assert slow.connection.close_code == 4008
    assert heard < 3000
    assert [m["type"] for m in listen(anna, since=last["c"]).until("resync")] == ["hello", "resync"]


def test_the_oldest_of_too_many_sockets_is_closed(listen: Listen, anna: User) -> None:
    clients = []
    for _ in range(SOCKETS_PER_USER + 1):
        clients.append(listen(anna))
        clients[-1].until("hello")  # one after the other: the oldest is the one that the hub knew first
    assert clients[0].close_code() == 4009
    say(f"user:{anna.pk}", "hello")
    assert [client.get()["text"] for client in clients[1:]] == ["hello"] * SOCKETS_PER_USER


def test_the_client_may_only_ping(listen: Listen, anna: User) -> None:
    client = listen(anna)
    client.connection.send('{"type": "ping"}')
    assert client.until("pong")
    for said in ('{"type": "message"}', "[]", "nonsense", b"\x00"):
        client = listen(anna)
        client.connection.send(said)
        assert client.close_code() == 4400


def test_a_flood_of_pings_closes_the_socket(listen: Listen, anna: User) -> None:
    client = listen(anna)
    for _ in range(FLOOD_MESSAGES + 1):
        client.connection.send('{"type": "ping"}')
    assert client.close_code() == 4400


def test_rights_that_change_while_a_client_connects_count(
    listen: Listen, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The topics were read, then the person was removed, and only then the socket was admitted."""

    def removed_meanwhile(user: User) -> list[str]:
        feed.revoke_topics(user.pk, "chat:1")
        feed.grant_topics(user.pk, "chat:2")
        return ["chat:1"]

    monkeypatch.setattr(feed, "_sources", [removed_meanwhile])
    client = listen(anna)
    client.until("hello")
    say("chat:1", "not for her any more")
    say("chat:2", "for her")
    assert client.get()["text"] == "for her"


def test_a_removal_that_was_lost_on_its_way_counts_after_all(
    listen: Listen, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where events were lost nobody knows whose rights changed: everybody's are read anew before he hears more."""
    member_of = ["chat:1"]
    monkeypatch.setattr(feed, "_sources", [lambda user: member_of])
    client = listen(anna)
    client.until("hello")
    member_of[:] = ["chat:2"]  # and nobody told the hub
    feed.transport().send([Event("resync")])
    say("chat:1", "not for her any more")
    client.until("resync")
    say("chat:1", "not for her any more")
    say("chat:2", "for her")
    assert client.get()["text"] == "for her"


def test_a_session_that_ended_unnoticed_is_closed_when_rights_are_read_anew(listen: Listen, anna: User) -> None:
    session = signed_in(anna)
    client = listen(session_key=session.session_key)
    client.until("hello")
    session.flush()
    feed.transport().send([Event("resync")])
    assert client.close_code() == 4401


def test_rights_read_while_events_were_lost_are_read_once_more(
    listen: Listen, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def topics(user: User) -> list[str]:
        read.append(user.pk)
        if len(read) == 1:
            feed.transport().send([Event("resync")])
            time.sleep(0.3)  # until the hub has heard of it
        return [f"chat:{len(read)}"]

    monkeypatch.setattr(feed, "_sources", [topics])
    client = listen(anna)
    client.until("hello")
    say("chat:1", "as it was")
    say("chat:2", "as it is")
    assert client.get()["text"] == "as it is"


def test_apps_say_what_a_user_hears(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_sources", [])
    feed.register_topics(lambda user: [f"class:{user.pk}", "school:1"])
    assert feed.topics_of(anna) == {f"user:{anna.pk}", f"class:{anna.pk}", "school:1"}


def test_a_message_says_its_type() -> None:
    with pytest.raises(ValueError, match="type"):
        feed.publish("chat:1", {"text": "?"})


def test_an_address_that_does_not_exist_is_refused(portal: int) -> None:
    with pytest.raises(InvalidStatus), connect(f"ws://127.0.0.1:{portal}/ws/other/", origin=own_origin(portal)):
        pass


def test_a_header_that_looks_like_a_proxys_is_dropped() -> None:
    seen: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.extend(scope["headers"])

    scope = {"headers": [(b"x_forwarded_for", b"6.6.6.6"), (b"host", b"localhost")]}
    asyncio.run(cast(Any, without_ambiguous_headers(application)(scope, cast(Any, None), cast(Any, None))))
    assert seen == [(b"host", b"localhost")]
