"""The queue in SQLite, ``synchronous = FULL``: no-op jobs a second by one worker, and how soon an idle worker starts.

``python benchmarks/jobs_sqlite.py``. Jobs are enqueued beforehand, then one worker of 100 hands does them all: claimed,
run through a connector, recorded. The start is timed from the call of ``enqueue`` to the first line of the connector.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvloop

from gonogo.jobs.connectors.connector import Run
from gonogo.jobs.queues.sqlite import SqliteQueue
from gonogo.jobs.schemas import Job
from gonogo.jobs.working.worker import QueueWorker, describe_worker
from gonogo.kernel.clock import SystemClock
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.db.sqlite import SqliteDatabase
from gonogo.kernel.events.bus import Bus

JOBS = 20_000
BATCH = 500
HANDS = 100
STARTS = 300
TARGET_PER_S = 5_000
TARGET_START_MS = 3.0


class NoopConnector:
    """Counts what it is given, and wakes whoever waits for it."""

    name = "noop"

    def __init__(self) -> None:
        self.count = 0
        self.started_at = 0.0
        self.started = asyncio.Event()

    def list_capabilities(self) -> tuple[str, ...]:
        """See ``Connector``."""
        return ("type=noop",)

    async def run(self, run: Run) -> Any:  # noqa: ARG002
        """Do nothing."""
        self.started_at = time.perf_counter()
        self.count += 1
        self.started.set()

    async def close(self) -> None:
        """Nothing to let go of."""


@asynccontextmanager
async def open_queue() -> AsyncIterator[SqliteQueue]:
    """A queue in a new database on this disk."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory(dir=".") as folder:
        path = Path(folder) / "gonogo.db"
        migrate_database(path)
        database = SqliteDatabase(path, clock, Bus(clock), synchronous="FULL")
        try:
            yield SqliteQueue(database, clock)
        finally:
            await database.close()


async def measure_throughput() -> tuple[float, float]:
    """Jobs a second taken in, and done."""
    async with open_queue() as queue:
        begun = time.perf_counter()
        for _ in range(JOBS // BATCH):
            await queue.enqueue([Job(type="noop") for _ in range(BATCH)])
        taken = time.perf_counter() - begun
        connector = NoopConnector()
        worker = QueueWorker(queue, describe_worker("bench", HANDS), [connector])
        begun = time.perf_counter()
        working = asyncio.create_task(worker.run())
        while (await queue.stats()).done_total < JOBS:  # noqa: ASYNC110 — also what a user of the queue sees
            await asyncio.sleep(0.05)
        done = time.perf_counter() - begun
        await worker.drain(1)
        await working
        assert connector.count == JOBS
    return JOBS / taken, JOBS / done


async def measure_starts() -> list[float]:
    """Milliseconds from ``enqueue`` to the start, each time on an idle queue."""
    found = []
    async with open_queue() as queue:
        connector = NoopConnector()
        worker = QueueWorker(queue, describe_worker("bench", 1), [connector])
        working = asyncio.create_task(worker.run())
        for _ in range(STARTS):
            await asyncio.sleep(0.02)
            connector.started.clear()
            begun = time.perf_counter()
            await queue.enqueue([Job(type="noop")])
            await connector.started.wait()
            found.append(1000 * (connector.started_at - begun))
        await worker.drain(1)
        await working
    return found


async def main() -> None:
    """Print the numbers beside their targets."""
    taken, done = await measure_throughput()
    print(f"enqueue      {taken:8.0f} jobs/s in batches of {BATCH}")
    print(f"claim to done{done:8.0f} jobs/s by one worker   target {TARGET_PER_S}   ratio {done / TARGET_PER_S:.2f}")
    starts = sorted(await measure_starts())
    middle, late = statistics.median(starts), starts[int(len(starts) * 0.95)]
    print(f"idle start   p50 {middle:.2f} ms, p95 {late:.2f} ms   target p50 {TARGET_START_MS} ms", end="   ")
    print(f"ratio {TARGET_START_MS / middle:.2f}")


if __name__ == "__main__":
    uvloop.run(main())
