"""What the room has at hand while it is open: the queue, the workers of this process, and its upkeep."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from gonogo.jobs.connectors import open_connectors
from gonogo.jobs.house import HouseTasks
from gonogo.jobs.measures import Measures
from gonogo.jobs.queue import Queue
from gonogo.jobs.queues import open_queue
from gonogo.jobs.queues.sqlite import SqliteQueue
from gonogo.jobs.schemas import Note, Stats
from gonogo.jobs.working.worker import QueueWorker, describe_worker
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import Unavailable
from gonogo.kernel.kernel import Kernel

SWEEP_S = 1.0
BEAT_S = 5.0
DRAIN_S = 3.0
LEAVE_S = 2.0
log = structlog.get_logger()


class JobsDesk:
    """Opened by the room. ``queue`` holds people's jobs, ``house`` the house's own tasks."""

    queue: Queue

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self.house = HouseTasks(SqliteQueue(kernel.db, kernel.clock, "tasks"), kernel.tasks)
        self.measures = Measures(kernel.clock)
        self._workers: list[QueueWorker] = []
        self._working: list[asyncio.Task[None]] = []
        self._noted = dict.fromkeys(("job", "task"), 0)
        self._beaten = 0.0

    async def open(self) -> None:
        """Open the queue, and start this process's workers unless it lives for one command only."""
        config = self._kernel.config
        self.queue = await open_queue(config.jobs_url, self._kernel.db, self._kernel.clock)
        if config.embedded:
            return
        self._workers = [self.house.worker]
        if config.jobs_concurrency:
            names = [name.strip() for name in config.jobs_connectors.split(",") if name.strip()]
            connectors = open_connectors(names, {"modules": config.jobs_modules})
            self._workers.append(
                QueueWorker(self.queue, describe_worker("built in", config.jobs_concurrency), connectors)
            )
        for worker in self._workers:
            self._working.append(self._kernel.tasks.spawn(f"worker {worker.worker.name}", worker.run()))
        self._kernel.tasks.spawn("look after the queue", self._look_after())

    async def close(self) -> None:
        """Give running jobs a moment, give back the rest, and let go."""
        await asyncio.gather(*(worker.drain(DRAIN_S) for worker in self._workers))
        if self._working:
            await asyncio.wait(self._working, timeout=LEAVE_S)
        for worker in self._workers:
            await worker.close()
        await self.queue.close()

    async def _look_after(self) -> None:
        await self._kernel.clock.sleep(SWEEP_S)  # by then every room has said what it wants
        await self.house.drop_strays()
        while True:
            try:
                await self.keep_up()
            except Unavailable as error:
                self.measures.miss(error.detail)
            except Exception:
                log.exception("upkeep of the queue failed")
            await self._kernel.clock.sleep(SWEEP_S)

    async def keep_up(self) -> None:
        """Beat for the workers of this process, then sweep: whoever pauses whole (a laptop's lid) loses nothing."""
        await self._beat()
        await self._sweep(self.house.queue, "task")
        await self._sweep(self.queue, "job")
        self.measures.take(await self.queue.stats())
        if self.measures.has_moved:
            self._kernel.bus.notify("job.moved", "queue", count_moves(self.measures.stats))

    async def _beat(self) -> None:
        now = self._kernel.clock.monotonic()
        is_due = now - self._beaten >= BEAT_S
        for worker in self._workers:
            if worker.running or is_due:
                await worker.beat()
        if is_due:
            self._beaten = now

    async def _sweep(self, queue: Queue, noun: str) -> None:
        more = True
        while more:
            swept = await queue.sweep(acknowledged=self._noted[noun])
            more = swept.more
            if swept.notes:
                await self._kernel.db.write(partial(_tell_notes, notes=swept.notes, noun=noun))
                self._noted[noun] = swept.notes[-1].seq


def count_moves(stats: Stats) -> dict[str, int]:
    """What a notice about the whole queue says."""
    return {"ready": stats.ready, "running": stats.running, "waiting": stats.waiting, "dead": stats.dead}


def _tell_notes(tx: Tx, notes: tuple[Note, ...], noun: str) -> None:
    for note in notes:
        data = {"type": note.type, "attempt": note.attempt, "error": note.error}
        if noun == "job":
            tx.emit("job.dead" if note.what == "dead" else "job.failed", note.id, data, SYSTEM)
        elif note.what == "dead":
            tx.emit("task.dead", note.id, data, SYSTEM)
