"""The house's own durable tasks (``kernel.tasks``), kept in the kernel's database whatever queue people's jobs use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.jobs.connectors.connector import Run
from gonogo.jobs.queues.sqlite import SqliteQueue
from gonogo.jobs.schemas import Job, Limit, Schedule
from gonogo.jobs.working.worker import QueueWorker, describe_worker
from gonogo.kernel.db.database import Tx
from gonogo.kernel.durable import Attempt, Handler, Task
from gonogo.kernel.tasks import Tasks

HANDS = 64
"""Tasks at once in this process, over all types."""


class HouseTasks:
    """The kernel's ``TaskQueue``, and the connector of the worker that does what it keeps."""

    name = "house"

    def __init__(self, queue: SqliteQueue, tasks: Tasks) -> None:
        self.queue, self._tasks = queue, tasks
        self._handlers: dict[str, Handler] = {}
        self.worker = QueueWorker(queue, describe_worker("house", HANDS), [self])
        self._schedules: set[str] = set()

    def define(self, type: str, handler: Handler, concurrency: int) -> None:
        """See ``TaskQueue``."""
        self._tasks.spawn(f"offer {type}", self._offer(type, handler, concurrency))

    def accept(self, tx: Tx, tasks: Sequence[Task]) -> list[str]:
        """See ``TaskQueue``."""
        return [accepted.id for accepted in self.queue.take_in(tx, [_make_job(task) for task in tasks])]

    def schedule(self, name: str, cron: str, task: Task) -> None:
        """See ``TaskQueue``."""
        self._schedules.add(name)
        schedule = Schedule(name=name, cron=cron, job=_make_job(task))
        self._tasks.spawn(f"schedule {name}", self._put(schedule))

    async def drop_strays(self) -> None:
        """Forget schedules of former versions: every room says anew at its start what it wants."""
        for view in await self.queue.schedules():
            if view.schedule.name not in self._schedules:
                await self.queue.drop_schedule(view.schedule.name)

    def list_capabilities(self) -> list[str]:
        """See ``Connector``."""
        return [f"type={name}" for name in self._handlers]

    async def run(self, run: Run) -> Any:
        """See ``Connector``."""
        claim = run.claim
        attempt = Attempt(
            id=claim.id,
            type=claim.type,
            payload=claim.payload,
            attempt=claim.attempt,
            max_attempts=claim.max_attempts,
        )
        return await self._handlers[claim.type](attempt)

    async def close(self) -> None:
        """See ``Connector``."""

    async def _offer(self, type: str, handler: Handler, concurrency: int) -> None:
        await self.queue.set_limit(Limit(key=type, concurrency=concurrency))
        self._handlers[type] = handler
        self.worker.renew()

    async def _put(self, schedule: Schedule) -> None:
        await self.queue.put_schedule(schedule)


def _make_job(task: Task) -> Job:
    return Job(
        type=task.type,
        payload=task.payload,
        due=task.due,
        unique_key=task.unique_key,
        max_attempts=task.max_attempts,
        backoff=task.backoff or (),
        timeout_s=task.timeout_s,
        lane=task.lane,
        limit_key=task.type,
        keep_s=0.0,
    )
