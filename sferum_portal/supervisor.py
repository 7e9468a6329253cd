"""Keeps the Celery worker of `manage.py portal` alive, and makes sure that it never outlives the portal."""

import logging
import os
import subprocess
import sys
import threading
import time

from django.conf import settings

log = logging.getLogger(__name__)

STOP_TIMEOUT = 15.0
CALM = 30.0  # seconds after which a worker counts as having started well
LONGEST_PAUSE = 30.0


class WorkerKeeper(threading.Thread):
    """Starts `manage.py portal_worker` and starts it again when it dies.

    The child asks the kernel to be killed with the *thread* that started it: one thread starts it and stays.
    """

    def __init__(self) -> None:
        super().__init__(name="worker-keeper", daemon=True)
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        pause = 1.0
        while not self._stopping.is_set():
            started = time.monotonic()
            self._process = self._spawn()
            code = self._wait(self._process)
            if self._stopping.is_set():
                return
            pause = 1.0 if time.monotonic() - started > CALM else min(pause * 2, LONGEST_PAUSE)
            log.error("The worker ended (%s); starting it again in %.0f s.", code, pause)
            self._stopping.wait(pause)

    def stop(self) -> None:
        """Let the running tasks finish, then end the worker."""
        self._stopping.set()
        self.join(STOP_TIMEOUT + 5)

    def _spawn(self) -> "subprocess.Popen[bytes]":
        # A session of its own: Ctrl-C reaches the portal only, which then stops the worker in order.
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "manage.py", "portal_worker", "--parent", str(os.getpid())],
            cwd=settings.BASE_DIR,
            start_new_session=True,
        )

    def _wait(self, process: "subprocess.Popen[bytes]") -> int:
        while not self._stopping.wait(0.5):
            if (code := process.poll()) is not None:
                return code
        process.terminate()
        try:
            return process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
