"""`manage.py portal`: the whole portal by one command, as `make run` starts it."""

import contextlib
import signal
from argparse import ArgumentParser
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

from sferum_portal.supervisor import WorkerKeeper
from sferum_portal.translation import compile_catalogues


class Command(BaseCommand):
    help = "Migrates, fills an empty database with the demo school, and runs web, WebSocket, worker and beat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")

    def handle(self, *args: Any, host: str, port: int, no_demo: bool, **options: Any) -> None:
        compile_catalogues()
        call_command("migrate", interactive=False, verbosity=0)
        if settings.DEVELOPMENT and not no_demo and "demo" in get_commands():
            call_command("demo", if_empty=True)
        self.stdout.write(self.style.SUCCESS(f"\nSferum Portal: http://{host}:{port}/   (Ctrl-C stops it)\n"))
        self.serve(host, port)

    def serve(self, host: str, port: int) -> None:
        """Until SIGTERM or Ctrl-C; then the sockets, the running requests and the running tasks end in this order."""
        # uvicorn raises the signal again after its own shutdown: what it finds then must not cut ours short.
        signal.signal(signal.SIGTERM, lambda *_: None)
        keeper = WorkerKeeper()
        keeper.start()
        try:
            with contextlib.suppress(KeyboardInterrupt):
                uvicorn.Server(server_config(host, port)).run()
        finally:
            keeper.stop()


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
        timeout_graceful_shutdown=10,
    )
