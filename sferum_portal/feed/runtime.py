"""The hub of this web process and the task that feeds it."""

import asyncio
import contextlib

from . import transport
from .hub import Hub


class Runtime:
    """Started by the server's lifespan, or by the first client where the server has none."""

    def __init__(self) -> None:
        self.hub = Hub()
        self._task: asyncio.Task[None] | None = None
        self._started: asyncio.Event | None = None

    @property
    def wanted(self) -> bool:
        """Whether this process serves WebSockets."""
        return self._started is not None

    @property
    def running(self) -> bool:
        return self._task is not None and not self._task.done()

    async def start(self) -> None:
        """Returns when events arrive; raises what kept the transport from starting."""
        if not self.running or self._started is None:
            self._started = asyncio.Event()
            self._task = asyncio.create_task(transport().run(self.hub, self._started))
        if not self._started.is_set():
            waiting = asyncio.create_task(self._started.wait())
            task = self._task
            assert task is not None  # noqa: S101  for the type checker
            await asyncio.wait([waiting, task], return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if task.done():
                task.result()

    async def stop(self) -> None:
        task, self._task, self._started = self._task, None, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


runtime = Runtime()
