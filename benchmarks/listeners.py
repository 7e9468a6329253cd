"""Many WebSocket clients in one process, cheap enough not to be what is measured."""

import asyncio
import time
from collections.abc import Iterable

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect


class Listener(WSListener):
    """Notes when each message came, and what it was."""

    def __init__(self) -> None:
        self.received: list[tuple[float, bytes]] = []

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self.received.append((time.perf_counter(), frame.get_payload_as_bytes()))

    def messages(self) -> list[tuple[float, bytes]]:
        return [(at, text) for at, text in self.received if b'"sent"' in text]


class Listeners:
    """Clients at one address, each with headers of its own."""

    async def connect(self, url: str, headers: Iterable[dict[str, str]]) -> None:
        opened = [await ws_connect(Listener, url, extra_headers=each) for each in headers]
        self.transports, self.clients = zip(*opened, strict=True)

    async def wait_for(self, count: int, timeout: float = 60) -> None:
        """Until everybody has had `count` messages; AssertionError if somebody has not."""
        deadline = time.perf_counter() + timeout
        while any(len(client.received) < count for client in self.clients):
            assert time.perf_counter() < deadline, sorted(len(client.received) for client in self.clients)
            await asyncio.sleep(0.001)

    def forget(self) -> None:
        for client in self.clients:
            client.received.clear()

    def close(self) -> None:
        for transport in self.transports:
            transport.disconnect()
