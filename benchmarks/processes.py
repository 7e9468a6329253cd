"""The portal and bare servers as processes of their own, and what they cost."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")

PORTAL = [
    *("-m", "uvicorn", "sferum_portal.asgi:application", "--lifespan", "on", "--log-level", "error", "--no-access-log"),
    *("--no-proxy-headers", "--ws-per-message-deflate", "false", "--ws-max-size", "4096"),
]


@contextmanager
def own_database(folder: Path) -> Iterator[None]:
    """A fresh database on the server of DATABASE_URL, named in the environment of this process and its children."""
    import psycopg2

    parts = urlsplit(os.environ["DATABASE_URL"])
    name = f"sferum_bench_{os.getpid()}"
    server = psycopg2.connect(urlunsplit(parts._replace(path="/postgres")))
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        os.environ |= {
            "DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}")),
            "FEED_CHANNEL": f"bench-{os.getpid()}",
            "SECRET_KEY": secrets.token_hex(),
            "INVITE_KEY": secrets.token_hex(),
            "VAR_DIR": str(folder),
            "LOG_LEVEL": "WARNING",
            "API_LIMIT_USER": "1000000",
            "API_LIMIT_ADDRESS": "1000000",
        }
        try:
            yield
        finally:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    server.close()


class Server:
    """A Python program that listens at `port`; `arguments` follow the interpreter."""

    def __init__(self, *arguments: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.process = subprocess.Popen([sys.executable, *arguments, "--port", str(self.port)], cwd=ROOT)
        self._wait()

    def _wait(self) -> None:
        for _ in range(600):
            assert self.process.poll() is None, "the server ended"
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=5)
            except urllib.error.HTTPError:
                return  # it answers, if only to say what is missing
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the server does not answer")

    def cpu(self) -> float:
        """Seconds of CPU that the process has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@contextmanager
def running(*arguments: str) -> Iterator[Server]:
    server = Server(*arguments)
    try:
        yield server
    finally:
        server.stop()
