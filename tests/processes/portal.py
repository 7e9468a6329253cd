"""The portal as a process of its own: started, watched and killed as it happens to real ones."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(true: Callable[[], Any], seconds: float = 120) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)
    return found


class PortalProcess:
    """`manage.py portal` with files and a database of its own in `var`."""

    def __init__(self, var: Path, **environment: str) -> None:
        self.var = var
        self.port = free_port()
        inherited = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "FEED_CHANNEL")}
        self.environment = {**inherited, "VAR_DIR": str(var), "DEVELOPMENT": "1", **environment}

    def start(self) -> "PortalProcess":
        self.log = (self.var / "portal.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "portal", "--no-demo", "--port", str(self.port)],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
        )
        wait_until(self.healthy)
        return self

    def manage(self, *arguments: str) -> str:
        """What another command of the same installation prints."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def health(self) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=5) as answer:
                body: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            body = json.load(error)
        except OSError:
            body = {}
        return body

    def healthy(self) -> bool:
        assert self.process.poll() is None, (self.var / "portal.log").read_text()
        return self.health().get("status") == "ok"

    @property
    def worker(self) -> int | None:
        """The process id of the worker that the portal started."""
        return next((pid for pid, parent, name in processes() if parent == self.process.pid and "worker" in name), None)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(40)
        self.log.close()
        return code


def processes() -> list[tuple[int, int, str]]:
    """(id, parent's id, command line) of every process that lives."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:  # it ended meanwhile
                continue
            if state != "Z":
                found.append((int(folder.name), int(parent), command))
    return found


def lives(pid: int) -> bool:
    return any(pid == other for other, _, _ in processes())
