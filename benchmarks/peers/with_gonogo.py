"""Gonogo's own worker, on whichever backend."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvloop
from tally import Tally

from gonogo.jobs.connectors.connector import Run
from gonogo.jobs.errors import QueueUnavailable
from gonogo.jobs.queue import Queue
from gonogo.jobs.queues import NO_LEDGER, open_queue
from gonogo.jobs.schemas import Job
from gonogo.jobs.working.worker import QueueWorker, describe_worker
from gonogo.kernel.clock import SystemClock
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.db.sqlite import SqliteDatabase
from gonogo.kernel.events.bus import Bus

URL, MODE, COUNT = sys.argv[1], sys.argv[2], int(sys.argv[3])
FOLDER, LEDGER = sys.argv[4], sys.argv[5]
"""Where the database is; ``none``, or the ledger's address, or ``here`` for that database."""


class Noop:
    """The connector that meets the tally."""

    name = "noop"

    def __init__(self) -> None:
        self._tally = Tally(COUNT)

    def list_capabilities(self) -> tuple[str, ...]:
        return ("type=noop",)

    async def run(self, run: Run) -> Any:
        self._tally.meet(run.payload["sent"])

    async def close(self) -> None:
        pass


@asynccontextmanager
async def open_bench() -> AsyncIterator[Queue]:
    clock, path = SystemClock(), Path(FOLDER) / "gonogo.db"
    migrate_database(path)
    database = SqliteDatabase(path, clock, Bus(clock), synchronous="FULL")
    ledger = {"here": "", "none": NO_LEDGER}.get(LEDGER, LEDGER)
    queue = open_queue("" if URL == "sqlite" else URL, database, clock, ledger)
    await queue.sweep()
    yield queue
    await queue.close()
    await database.close()


async def send(queue: Queue, job: Job) -> None:
    """Enqueue as a client does: a queue that is too slow to answer is asked again."""
    while True:
        try:
            await queue.enqueue([job])
        except QueueUnavailable:
            await asyncio.sleep(0.01)
        else:
            return


async def send_all(queue: Queue) -> None:
    for _ in range(COUNT):
        await send(queue, Job(type="noop", payload={"sent": time.time()}))
        await asyncio.sleep(0.025)


async def main() -> None:
    async with open_bench() as queue:
        if MODE == "fill":
            for _ in range(COUNT // 500):
                await queue.enqueue([Job(type="noop", payload={"sent": time.time()}) for _ in range(500)])
        elif MODE == "send":
            await send_all(queue)
        else:
            worker = QueueWorker(queue, describe_worker("bench", 100), [Noop()])
            await asyncio.gather(worker.run(), *([send_all(queue)] if MODE == "alone" else []))


uvloop.run(main())
