"""Background work: what lives and dies with this process, and the door to durable tasks (``durable.py``)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import structlog

from gonogo.kernel.clock import Clock
from gonogo.kernel.db.database import Tx
from gonogo.kernel.durable import Attempt, GiveUp, Handler, NoTaskQueue, Task, TaskQueue, TryAgain

__all__ = ["Attempt", "GiveUp", "Task", "Tasks", "TryAgain"]

log = structlog.get_logger()


class Tasks:
    """The tasks of one kernel. A task that fails is logged with its name; periodic ones go on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._running: set[asyncio.Task[Any]] = set()
        self._queue: TaskQueue | None = None
        self._early: list[Callable[[TaskQueue], None]] = []

    def spawn(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run ``work`` in the background until it ends or the kernel closes."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._forget)
        return task

    def repeat(self, name: str, every_s: float, work: Callable[[], Awaitable[None]]) -> asyncio.Task[Any]:
        """Run ``work`` now and then every ``every_s`` seconds; a failing round is logged and the next one comes."""
        return self.spawn(name, self._repeat(name, every_s, work))

    def serve(self, queue: TaskQueue) -> None:
        """Give durable tasks to ``queue`` from now on, and what was defined before it came."""
        self._queue = queue
        for tell in self._early:
            tell(queue)
        self._early.clear()

    def define(self, type: str, handler: Handler, *, concurrency: int = 16) -> None:
        """Say how tasks of ``type`` are done, at most ``concurrency`` of them at once in this process."""
        self._tell(lambda queue: queue.define(type, handler, concurrency))

    def accept(self, tx: Tx, tasks: Sequence[Task]) -> list[str]:
        """Take tasks in within the caller's transaction; they start once it is committed. Their ids, in order.

        Raises ``NoTaskQueue`` where no room serves tasks.
        """
        if self._queue is None:
            raise NoTaskQueue("No room of this house keeps durable tasks; add the jobs room.")
        return self._queue.accept(tx, tasks)

    def schedule(self, name: str, cron: str, task: Task) -> None:
        """Accept ``task`` at every moment of ``cron`` (five fields, UTC): one task a firing, missed ones once."""
        self._tell(lambda queue: queue.schedule(name, cron, task))

    async def end(self, task: asyncio.Task[Any]) -> None:
        """Cancel one task and wait for its end, so that what it used can be closed."""
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

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

    def _tell(self, tell: Callable[[TaskQueue], None]) -> None:
        if self._queue is None:
            self._early.append(tell)
        else:
            tell(self._queue)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task failed", task=task.get_name(), exc_info=error)
