"""What the room has at hand while it is open: the queues, and the workers of this process."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from gonogo.jobs.connectors import open_connectors
from gonogo.jobs.connectors.connector import ConnectorNotFound, Keep
from gonogo.jobs.house import HouseTasks
from gonogo.jobs.measures import Measures
from gonogo.jobs.options import check_options, list_names
from gonogo.jobs.queue import Queue
from gonogo.jobs.queues import open_elsewhere, open_queue
from gonogo.jobs.queues.sqlite import SqliteQueue
from gonogo.jobs.schemas import Stats
from gonogo.jobs.sealed import SealedQueue, open_own_vault
from gonogo.jobs.traffic import CountedQueue, Traffic
from gonogo.jobs.upkeep import Upkeep
from gonogo.jobs.worker_owners import WorkerOwners
from gonogo.jobs.working.beating import BeatThread
from gonogo.jobs.working.worker import QueueWorker, describe_worker
from gonogo.kernel.config import ConfigError
from gonogo.kernel.errors import Unavailable
from gonogo.kernel.kernel import Kernel

BUILT_IN = "built in"
ROUND_S = 1.0
DRAIN_S = 3.0
LEAVE_S = 2.0
log = structlog.get_logger()


class JobsDesk:
    """Opened by the room. ``queue`` holds people's jobs, ``house`` the house's own tasks."""

    queue: Queue
    door: CountedQueue
    """The queue as its workers meet it: what it hands out is counted."""
    owners: WorkerOwners

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self.house = HouseTasks(SqliteQueue(kernel.db, kernel.clock, "tasks"), kernel.tasks)
        self.measures = Measures(kernel.clock)
        self.traffic = Traffic(kernel.clock)
        self.workers: list[QueueWorker] = []
        """Of this process."""
        self._working: list[asyncio.Task[None]] = []
        self._upkeeps: list[Upkeep] = []
        self._beats: BeatThread | None = None

    async def open(self, keep: Keep) -> None:
        """Open the queue, and start this process's workers unless it lives for one command only."""
        config = self._kernel.config
        check_options(config)
        inner = open_queue(config.jobs_url, self._kernel.db, self._kernel.clock, config.jobs_ledger)
        self.queue = SealedQueue(inner, open_own_vault(config))
        self.owners = WorkerOwners(self._kernel)
        self.door = CountedQueue(self.queue, self.traffic, self._tell_progress)
        if config.embedded:
            return
        for queue in (self.house.queue, inner):
            if isinstance(queue, SqliteQueue):
                await queue.renew_leases(ended=(self.house.worker.worker.name, BUILT_IN))
        await self._measure()  # the failures of the next minutes are counted from here
        built_in = self._make_built_in(keep)
        self.workers = [worker for worker in (self.house.worker, built_in) if worker is not None]
        self._upkeeps = [
            Upkeep(self._kernel, self.house.queue, "task", self.house.worker),
            Upkeep(self._kernel, self.queue, "job", None if self._beats else built_in),
        ]
        for worker in self.workers:
            self._working.append(self._kernel.tasks.spawn(f"worker {worker.worker.name}", worker.run()))
        self._kernel.tasks.spawn("look after the queues", self._look_after())

    async def close(self) -> None:
        """Give running jobs a moment, give back the rest, and let go."""
        await asyncio.gather(*(worker.drain(DRAIN_S) for worker in self.workers))
        if self._working:
            await asyncio.wait(self._working, timeout=LEAVE_S)
        if self._beats is not None:
            await self._beats.stop()
        for worker in self.workers:
            await worker.close()
        await self.queue.close()

    async def keep_up(self) -> None:
        """One round over both queues; one that does not answer keeps the other from nothing."""
        for upkeep in self._upkeeps:
            try:
                await upkeep.look_after()
            except Unavailable as error:
                log.debug("queue not looked after", why=error.detail)
        await self._measure()

    def _tell_progress(self, id: str) -> None:
        self._kernel.bus.notify("job.progressed", id)

    def _make_built_in(self, keep: Keep) -> QueueWorker | None:
        config = self._kernel.config
        if not config.jobs_concurrency:
            return None
        try:
            options = {"modules": config.jobs_modules, "run_as": config.jobs_run_as, "allow": config.jobs_allow}
            connectors = open_connectors(list_names(config), options)
        except (ConnectorNotFound, ImportError) as error:
            raise ConfigError(f"The built-in worker can't start: {error} (jobs_connectors, jobs_modules)") from error
        worker = QueueWorker(self.door, describe_worker(BUILT_IN, config.jobs_concurrency), connectors, keep)
        if config.jobs_url:
            # Others sweep that queue, too, and must not take a blocked loop for a dead worker.
            self._beats = BeatThread(worker, partial(open_elsewhere, config.jobs_url, self._kernel.clock))
            self._beats.start()
        return worker

    async def _look_after(self) -> None:
        await self._kernel.clock.sleep(ROUND_S)  # by then every room has said what it wants
        await self.house.drop_strays()
        while True:
            try:
                await self.keep_up()
            except Exception:
                log.exception("upkeep of the queues failed")
            await self._kernel.clock.sleep(ROUND_S)

    async def _measure(self) -> None:
        try:
            self.measures.take(await self.queue.stats())
        except Unavailable as error:
            self.measures.miss(error.detail)
        if self.measures.has_moved:
            self._kernel.bus.notify("job.moved", "queue", count_moves(self.measures.stats))


def count_moves(stats: Stats) -> dict[str, int]:
    """What a notice about the whole queue says."""
    return {"ready": stats.ready, "running": stats.running, "waiting": stats.waiting, "dead": stats.dead}
