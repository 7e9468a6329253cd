"""A client of the live feed that speaks WebSocket."""

import json
from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection
from websockets.typing import Origin


def own_origin(port: int) -> Origin:
    return Origin(f"http://127.0.0.1:{port}")


class Listener:
    """One client of the feed."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def get(self, timeout: float = 20) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.connection.recv(timeout))
        return message

    def until(self, kind: str) -> list[dict[str, Any]]:
        """Everything up to and including the first message of `kind`."""
        heard = [self.get()]
        while heard[-1]["type"] != kind:
            heard.append(self.get())
        return heard

    def close_code(self) -> int | None:
        """The code by which the server closed, after reading what was in line."""
        with suppress(ConnectionClosed):
            while True:
                self.get()
        return self.connection.close_code
