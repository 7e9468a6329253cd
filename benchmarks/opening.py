"""Opening a chat: its newest page costs the same, however long the chat is."""

import json
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import asyncpg
import uvloop

from .harness import Measured, Size, benchmark
from .keep_alive import Connection
from .processes import PORTAL, Server, running

if TYPE_CHECKING:
    from .class_chats import ClassChat

SHORT, LONG = 100, 100_000
MEMBERS = 30

# Everybody speaks in turn, one message a minute, the last one now.
FILL = """
INSERT INTO chats_message (school_id, chat_id, seq, author_id, text, client_key, created_at)
  SELECT %(school)s, %(chat)s, n, (%(authors)s::bigint[])[1 + n %% array_length(%(authors)s::bigint[], 1)],
    'Собрание в 18:00 в кабинете 24, вопрос ' || n, 'fill-' || n, now() - (%(count)s - n) * interval '1 minute'
  FROM generate_series(1, %(count)s) n
"""


@benchmark("opening")
def opening_a_chat(size: Size) -> Iterator[Measured]:
    """Opening: the newest 50 of a chat of 100,000 messages, beside one of 100; by the API and as a page"""
    from .class_chats import make_class_chats, signed_in

    chats = dict(zip((SHORT, LONG), make_class_chats(2, size.of(MEMBERS, 5)), strict=True))
    for count, chat in chats.items():
        fill(chat, count)
    headers = {count: signed_in(chat.members[0]) for count, chat in chats.items()}
    with running(*PORTAL) as portal, running("-m", "benchmarks.floor_chats") as floor:
        for _ in range(size.rounds):
            yield from uvloop.run(one_round("portal", portal, chats, headers, size))
            yield from uvloop.run(one_round("floor", floor, chats, headers, size))
            yield from uvloop.run(statement_alone(chats, size))


def fill(chat: "ClassChat", count: int) -> None:
    """So many messages, which everybody has read to the end but for the newest ones."""
    from django.db import connection

    from chats.models import Chat, ChatState

    authors = [user.pk for user in chat.members]
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"school": chat.chat.school_id, "chat": chat.chat.pk, "authors": authors, "count": count})
        Chat.objects.filter(pk=chat.chat.pk).update(last_seq=count, last_author=chat.members[count % len(chat.members)])
        ChatState.objects.bulk_create(
            ChatState(chat=chat.chat, user=user, read_seq=count - number) for number, user in enumerate(chat.members)
        )
        cursor.execute("VACUUM ANALYZE chats_message")


async def one_round(
    who: str, server: Server, chats: dict[int, "ClassChat"], headers: dict[int, dict[str, str]], size: Size
) -> list[Measured]:
    """By the API and as a page; the floor answers both by the rows of its one statement."""
    connection = await Connection.open(server.port)

    async def ask(what: str, path: str, count: int) -> None:
        status, body = await connection.ask("GET", path.format(chats[count].chat.pk), headers[count])
        check(what, count, status, body)

    found, times = [], size.of(60, 5)
    for what, path in (("API", "/api/v1/chats/{}/messages/?limit=50"), ("page", "/chats/{}/")):
        before = server.cpu()
        found += await short_and_long(who, what, partial(ask, what, path), times)
        found.append(Measured(f"{what}, server's CPU", "ms", who, (server.cpu() - before) * 1000 / times / len(chats)))
    connection.close()
    return found


async def statement_alone(chats: dict[int, "ClassChat"], size: Size) -> list[Measured]:
    """The floor's statement without the server before it."""
    from .floor_chats import NEWEST

    connection = await asyncpg.connect(os.environ["DATABASE_URL"])

    async def ask(count: int) -> None:
        rows = await connection.fetch(NEWEST, chats[count].chat.pk, 50)
        assert rows[0]["seq"] == count

    found = await short_and_long("floor", "the statement alone", ask, size.of(60, 5))
    await connection.close()
    return found


async def short_and_long(who: str, what: str, ask: Callable[[int], Awaitable[None]], times: int) -> list[Measured]:
    """Medians; the two chats take turns, so that both meet the same moments of the machine."""
    taken: dict[int, list[float]] = {SHORT: [], LONG: []}
    for _ in range(times):
        for count, each in taken.items():
            started = time.perf_counter()
            await ask(count)
            each.append((time.perf_counter() - started) * 1000)
    short, long = statistics.median(taken[SHORT]), statistics.median(taken[LONG])
    return [
        Measured(f"{what}, {SHORT} messages", "ms", who, short),
        Measured(f"{what}, {LONG:,} messages", "ms", who, long),
        Measured(f"{what}, {LONG:,} : {SHORT}", "times", who, long / short, more_is_better=None),
    ]


def check(what: str, count: int, status: int, body: bytes) -> None:
    """It is the chat's newest page, and all of it."""
    assert status == 200, body.decode()
    if what == "API":
        assert [row["seq"] for row in json.loads(body)] == list(range(count, count - 50, -1))
    else:
        text = body.decode()
        assert all(f"вопрос {number}" in text for number in (count, count - 49))
