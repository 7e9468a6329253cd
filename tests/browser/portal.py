"""A portal as `make run` starts it, in a process of its own, with its own files and database."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Portal:
    """`start` makes the database and the tiny demo school, then serves; `log` is what the process printed."""

    def __init__(self, folder: Path, *, demo: str = "tiny") -> None:
        self.folder, self.port, self.demo = folder, free_port(), demo
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = folder / "portal.log"
        self.environment = self._environment()
        self.process: subprocess.Popen[bytes] | None = None

    def _environment(self) -> dict[str, str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
        environment |= {"VAR_DIR": str(self.folder), "PORT": str(self.port), "DEVELOPMENT": "1", "SITE_URL": self.url}
        if "DATABASE_URL" in environment:
            environment["DATABASE_URL"] = self._own_database(environment["DATABASE_URL"])
        return environment

    def _own_database(self, url: str) -> str:
        """A database of this portal's own, beside the one that the suite uses."""
        import psycopg2

        parts = urlsplit(url)
        name = f"{parts.path.strip('/')}_browser_{os.getpid()}_{self.port}"
        connection = psycopg2.connect(urlunsplit(parts._replace(path="/postgres")))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        connection.close()
        self._maintenance, self._database = urlunsplit(parts._replace(path="/postgres")), name
        return urlunsplit(parts._replace(path=f"/{name}"))

    def manage(self, *arguments: str) -> str:
        """Run a management command against this portal's database; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        self.manage("migrate", "-v0")
        if self.demo:
            self.manage("demo", "--if-empty", "--size", self.demo)
        self.serve()

    def serve(self) -> None:
        """Start the process and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "portal", "--port", str(self.port), "--no-demo"],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdout=self.log_path.open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.url}/accounts/login/", timeout=5).close()
                return
            except OSError:
                assert self.process.poll() is None, self.log
                time.sleep(0.2)
        raise AssertionError(f"the portal did not start:\n{self.log}")

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)
        if "DATABASE_URL" in self.environment:
            self._drop_database()

    def _drop_database(self) -> None:
        import psycopg2

        connection = psycopg2.connect(self._maintenance)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self._database}" WITH (FORCE)')
        connection.close()

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")[-4000:]

    def sms_code(self, phone: str) -> str:
        """The last code sent to the phone, from the page that a development portal shows."""
        digits = re.sub(r"\D", "", phone)[-10:]
        with urllib.request.urlopen(f"{self.url}/dev/outbox/", timeout=10) as answer:
            page = answer.read().decode()
        for entry in re.split(r"<li|<article|<tr", page):
            if digits in re.sub(r"\D", "", re.sub(r"<[^>]*>", "", entry)) and (
                code := re.search(r"\b(\d{6})\b", entry)
            ):
                return code.group(1)
        raise AssertionError(f"no code was sent to {phone}")
