"""An HTTP client of one connection, cheap enough not to be what is measured."""

import asyncio
from typing import Self

ANSWERS_WITHIN = 60  # seconds


class Connection:
    """A connection to 127.0.0.1 that stays open: one request, its whole answer, the next request."""

    def __init__(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._host, self._reader, self._writer = f"127.0.0.1:{port}", reader, writer

    @classmethod
    async def open(cls, port: int) -> Self:
        return cls(port, *await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, bytes]:
        """Status and body; TimeoutError. Only for servers that say the length of what they answer."""
        said = {"Host": self._host, "Content-Length": str(len(body)), **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        async with asyncio.timeout(ANSWERS_WITHIN):
            self._writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
            first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin1").lower().splitlines()
            answered = dict(line.split(": ", 1) for line in lines if line)
            return int(first.split()[1]), await self._reader.readexactly(int(answered["content-length"]))

    def close(self) -> None:
        self._writer.close()
