"""`manage.py portal`: the whole portal by one command, as `make run` starts it."""

import contextlib
import errno
import signal
import socket
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from sferum_portal.supervisor import WorkerKeeper
from sferum_portal.translation import compile_catalogues


class Command(BaseCommand):
    help = "Migrates, fills an empty database with the demo school, and runs web, WebSocket, worker and beat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")

    def handle(self, *args: Any, host: str, port: int, no_demo: bool, **options: Any) -> None:
        require_free(host, port)
        compile_catalogues()
        call_command("migrate", interactive=False, verbosity=0)
        if settings.DEVELOPMENT and not no_demo:
            call_command("demo", if_empty=True)
        # uvicorn raises the signal again after its own shutdown: what it finds then must not cut ours short.
        signal.signal(signal.SIGTERM, lambda *_: None)
        keeper = WorkerKeeper()
        keeper.start()
        try:
            with contextlib.suppress(KeyboardInterrupt):
                Server(server_config(host, port), started=lambda: self.announce(host, port)).run()
        finally:
            keeper.stop()

    def announce(self, host: str, port: int) -> None:
        address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/"  # noqa: S104
        self.stdout.write(self.style.SUCCESS(f"\nSferum Portal: {address}  (Ctrl-C stops it)\n"))


class Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._when_started()


def require_free(host: str, port: int) -> None:
    """Raises CommandError at once, before anything is made, when the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(f"Port {port} is in use. Choose another: make run PORT={port + 1}") from error
            raise CommandError(f"{host}:{port}: {error.strerror}") from error


def server_config(host: str, port: int) -> uvicorn.Config:
    """Pings mute clients, never compresses a socket's messages, and leaves proxies' headers to our own middleware."""
    return uvicorn.Config(
        "sferum_portal.asgi:application",
        host=host,
        port=port,
        lifespan="on",
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        ws_max_size=4096,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=10,
    )
