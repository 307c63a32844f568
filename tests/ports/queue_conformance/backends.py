"""Every backend of the queue, opened empty for a test. A new backend is a function here and a name in ``BACKENDS``."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from gonogo.jobs.model import MemoryQueue
from gonogo.jobs.queue import Queue
from gonogo.jobs.queues.sqlite import SqliteQueue
from gonogo.kernel.clock import Clock
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.db.sqlite import SqliteDatabase
from gonogo.kernel.events.bus import Bus

Open = Callable[[Clock], AbstractAsyncContextManager[Queue]]


@asynccontextmanager
async def open_memory(clock: Clock) -> AsyncIterator[Queue]:
    yield MemoryQueue(clock)


@asynccontextmanager
async def open_sqlite(clock: Clock) -> AsyncIterator[Queue]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "gonogo.db"
        shutil.copy(make_template(), path)
        database = SqliteDatabase(path, clock, Bus(clock), synchronous="NORMAL")
        try:
            yield SqliteQueue(database, clock)
        finally:
            await database.close()


@cache
def make_template() -> Path:
    """An empty database, migrated once for all tests of the process."""
    path = Path(mkdtemp(prefix="gonogo-template-")) / "gonogo.db"
    migrate_database(path)
    return path


BACKENDS: dict[str, Open] = {"memory": open_memory, "sqlite": open_sqlite}
