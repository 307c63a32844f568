"""Background work within this process: named, watched, and ended in order at shutdown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from gonogo.kernel.clock import Clock

log = structlog.get_logger()


class Tasks:
    """The tasks of one kernel. A task that fails is logged with its name; periodic ones go on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run ``work`` in the background until it ends or the kernel closes."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._forget)
        return task

    def repeat(self, name: str, every_s: float, work: Callable[[], Awaitable[None]]) -> asyncio.Task[Any]:
        """Run ``work`` now and then every ``every_s`` seconds; a failing round is logged and the next one comes."""
        return self.spawn(name, self._repeat(name, every_s, work))

    async def close(self) -> None:
        """Cancel what still runs and wait for it to end."""
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _repeat(self, name: str, every_s: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Exception:
                log.exception("periodic task failed", task=name)
            await self._clock.sleep(every_s)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task failed", task=task.get_name(), exc_info=error)
