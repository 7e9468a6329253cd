"""The floor of the feed: one aiohttp process that hands every message of a Redis channel to every socket."""

import argparse
import asyncio
import os
from typing import Any

import redis.asyncio
from aiohttp import web

sockets: set[web.WebSocketResponse] = set()


async def health(request: web.Request) -> web.Response:
    return web.Response()


async def listen(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    sockets.add(socket)
    await socket.send_str('{"type":"hello"}')
    async for _ in socket:
        pass
    sockets.discard(socket)
    return socket


async def relay(application: web.Application) -> Any:
    pubsub = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=None).pubsub()
    await pubsub.subscribe(f"{os.environ['FEED_CHANNEL']}-floor")

    async def hand_out() -> None:
        async for message in pubsub.listen():
            if message["type"] == "message":
                text = message["data"].decode()
                for socket in list(sockets):
                    await socket.send_str(text)

    task = asyncio.create_task(hand_out())
    yield
    task.cancel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    application = web.Application()
    application.cleanup_ctx.append(relay)
    application.add_routes([web.get("/health/", health), web.get("/ws/feed/", listen)])
    web.run_app(application, host="127.0.0.1", port=parser.parse_args().port, print=None)
