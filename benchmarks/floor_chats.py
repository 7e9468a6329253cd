"""The floor of the chats: aiohttp, asyncpg and Redis, in the portal's tables, one process.

What a message needs to last and to arrive, and nothing else: no session, no rights, no limits, no repeat of a client key. The
client says in headers whose page it is (`X-User`, `X-Chat`).
"""

import argparse
import asyncio
import json
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import redis.asyncio
import uvloop
from aiohttp import web

CONNECTIONS = 8  # as many as a web process of the portal has
CHANNEL = f"{os.environ['FEED_CHANNEL']}-floor-chats"

NUMBER = """
UPDATE chats_chat SET last_seq = last_seq + 1, active_at = now(), last_author_id = $2
  WHERE id = $1 AND archived_at IS NULL AND read_only = '' RETURNING last_seq, school_id
"""
INSERT = """
INSERT INTO chats_message (school_id, chat_id, seq, author_id, text, client_key, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, now()) RETURNING id, created_at
"""
NEWEST = """
SELECT m.id, m.seq, m.author_id, concat_ws(' ', p.last_name, p.first_name) AS name, m.text, m.client_key, m.created_at
  FROM chats_message m LEFT JOIN school_person p ON p.school_id = m.school_id AND p.user_id = m.author_id
  WHERE m.chat_id = $1 ORDER BY m.seq DESC LIMIT $2
"""

pages: dict[int, set[web.WebSocketResponse]] = defaultdict(set)
database = web.AppKey("database", asyncpg.Pool)
broker = web.AppKey("broker", redis.asyncio.Redis)


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


async def health(request: web.Request) -> web.Response:
    return web.Response()


async def listen(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    heard = pages[int(request.headers["X-Chat"])]
    heard.add(socket)
    await socket.send_str('{"type":"hello"}')
    async for _ in socket:
        pass
    heard.discard(socket)
    return socket


async def send(request: web.Request) -> web.Response:
    chat, author, said = int(request.match_info["chat"]), int(request.headers["X-User"]), await request.json()
    async with request.app[database].acquire() as connection, connection.transaction():
        seq, school = await connection.fetchrow(NUMBER, chat, author)
        row = await connection.fetchrow(INSERT, school, chat, seq, author, said["text"], said["client_key"])
    body = to_json({"type": "message", "chat": chat, "seq": seq, "author": author, **said, **row})
    await request.app[broker].publish(CHANNEL, f"{chat}\n{body}")
    return web.Response(status=201, text=body, content_type="application/json")


async def open_chat(request: web.Request) -> web.Response:
    chat, limit = int(request.match_info["chat"]), int(request.query.get("limit", 50))
    async with request.app[database].acquire() as connection:
        rows = await connection.fetch(NEWEST, chat, limit)
    return web.Response(text=to_json([dict(row) for row in rows]), content_type="application/json")


async def connections(application: web.Application) -> AsyncIterator[None]:
    application[broker] = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=None)
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        application[database] = pool
        yield


async def relay(application: web.Application) -> AsyncIterator[None]:
    pubsub = application[broker].pubsub()
    await pubsub.subscribe(CHANNEL)

    async def hand_out() -> None:
        async for message in pubsub.listen():
            if message["type"] == "message":
                chat, _, text = message["data"].decode().partition("\n")
                for socket in list(pages[int(chat)]):
                    await socket.send_str(text)

    task = asyncio.create_task(hand_out())
    yield
    task.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    port = parser.parse_args().port
    application = web.Application()
    application.cleanup_ctx.extend([connections, relay])
    messages = "/api/v1/chats/{chat}/messages/"
    application.add_routes(
        [
            web.get("/health/", health),
            web.get("/ws/feed/", listen),
            web.post(messages, send),
            web.get(messages, open_chat),
            web.get("/chats/{chat}/", open_chat),
        ]
    )
    web.run_app(application, host="127.0.0.1", port=port, print=None, access_log=None, loop=uvloop.new_event_loop())
