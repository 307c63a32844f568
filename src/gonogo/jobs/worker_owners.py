"""Whose worker is whose: a worker's id is used by whoever used it first, and by nobody else while it works."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Any

from gonogo.jobs.errors import JobElsewhere, WorkerTaken
from gonogo.jobs.queue import Queue
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.bounds_guard import is_bound
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel

MOST_WORKERS = 10_000


class WorkerOwners:
    """Kept in memory: after a restart of the server the first to speak for a worker has it."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._owners: dict[str, str] = {}

    async def check(self, actor: Actor, worker: str) -> None:
        """Raise ``WorkerTaken``, with an event, when another account or key works as this worker."""
        if len(self._owners) >= MOST_WORKERS and worker not in self._owners:
            self._owners.pop(next(iter(self._owners)))
        if self._owners.setdefault(worker, actor.id) == actor.id:
            return
        facts = {"name": actor.name, "worker": worker}
        await self._kernel.db.write(lambda tx: tx.emit("queue.worker_refused", worker, facts, actor))
        raise WorkerTaken(
            f"The worker {worker} works with another key. Start one of your own: each has its own id.",
            field="worker",
        )

    async def check_jobs(self, actor: Actor, queue: Queue, worker: str, ids: Iterable[str]) -> None:
        """Raise ``JobElsewhere``, with an event, for a job that another worker has claimed. Keys only: it takes a look.

        A job that has gone back, or ended, is left to the queue's fence.
        """
        if not is_bound(actor):
            return
        for view in await asyncio.gather(*(queue.find(job) for job in ids)):
            if view is None or view.worker in (None, worker):
                continue
            facts = {"name": actor.name, "worker": worker, "claimed_by": view.worker}
            await self._kernel.db.write(partial(_emit, id=view.id, facts=facts, actor=actor))
            raise JobElsewhere(f"Job '{view.id}' was claimed by another worker, which alone reports on it.", field="id")

    def forget(self, worker: str) -> None:
        """The worker has left."""
        self._owners.pop(worker, None)


def _emit(tx: Tx, id: str, facts: dict[str, Any], actor: Actor) -> None:
    tx.emit("job.result_refused", id, facts, actor)
