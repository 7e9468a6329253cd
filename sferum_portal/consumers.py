"""The WebSocket `/ws/feed/`: signs the visitor in once, then only delivers. It never writes and never decides."""

import asyncio
import contextlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

from channels.consumer import AsyncConsumer, get_handler_name
from channels.exceptions import StopConsumer

from .feed.identity import Credentials, identify
from .feed.runtime import runtime
from .feed.sockets import CLOSE_BAD_MESSAGE, CLOSE_SIGNED_OUT, Identity, Socket

# A few threads of their own, with connections that stay: a restart brings hundreds of clients back at once.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="feed-join")

FLOOD_MESSAGES, FLOOD_SECONDS = 30, 10.0


class FeedConsumer(AsyncConsumer):
    socket: Socket | None = None
    pump: "asyncio.Task[None] | None" = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without Channels' look at the database connections before every event: nothing here uses one."""
        await getattr(self, get_handler_name(message))(message)

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        await self.base_send({"type": "websocket.accept"})
        await runtime.start()
        self.heard_since, self.heard = time.monotonic(), 0
        if socket := await self._join():
            self.socket = socket
            self.pump = asyncio.create_task(self._pump(socket))
        else:
            await self._close(CLOSE_SIGNED_OUT)

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """The client may only ask whether we are here."""
        if self._floods() or not self._is_ping(message.get("text")):
            await self._close(CLOSE_BAD_MESSAGE)
        elif self.socket is not None:
            self.socket.push('{"type":"pong"}')

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        if self.socket is not None:
            runtime.hub.leave(self.socket)
        if self.pump is not None:
            self.pump.cancel()
        raise StopConsumer

    async def _join(self) -> Socket | None:
        while True:
            with runtime.hub.joining() as joining:
                identity = await self._identify()
                if identity is None:
                    return None
                socket = Socket(identity, self._identify)
                if runtime.hub.admit(socket, joining, since=self._since()):
                    return socket

    async def _identify(self) -> Identity | None:
        credentials = Credentials.of(self.scope["headers"])
        if credentials is None:
            return None
        return await asyncio.get_running_loop().run_in_executor(_threads, identify, credentials)

    def _since(self) -> str:
        return parse_qs(self.scope["query_string"].decode("latin1")).get("since", [""])[0]

    async def _pump(self, socket: Socket) -> None:
        # The server says by an exception that the client has gone; the disconnect event says it too.
        with contextlib.suppress(Exception):
            await socket.pump(self.base_send)

    async def _close(self, code: int) -> None:
        if self.socket is None:
            await self.base_send({"type": "websocket.close", "code": code})
        else:
            runtime.hub.end(self.socket, code)

    def _floods(self) -> bool:
        now = time.monotonic()
        if now - self.heard_since > FLOOD_SECONDS:
            self.heard_since, self.heard = now, 0
        self.heard += 1
        return self.heard > FLOOD_MESSAGES

    @staticmethod
    def _is_ping(text: str | None) -> bool:
        try:
            return isinstance(said := json.loads(text or ""), dict) and said.get("type") == "ping"
        except ValueError:
            return False
