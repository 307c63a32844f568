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
from gonogo.jobs.queues.ledger.postgres import PostgresLedger
from gonogo.jobs.queues.ledger.queue import LedgeredQueue
from gonogo.jobs.queues.ledger.sqlite import SqliteLedger
from gonogo.jobs.queues.postgres import open_postgres
from gonogo.jobs.queues.postgres.engine import PostgresEngine
from gonogo.jobs.queues.redis import open_redis
from gonogo.jobs.queues.redis.engine import RedisEngine
from gonogo.jobs.queues.sqlite import SqliteQueue
from gonogo.kernel.clock import Clock
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.db.sqlite import SqliteDatabase
from gonogo.kernel.events.bus import Bus
from gonogo.kernel.ids import new_id
from tests.servers import run_postgres, run_redis

Open = Callable[[Clock], AbstractAsyncContextManager[Queue]]


@asynccontextmanager
async def open_memory(clock: Clock) -> AsyncIterator[Queue]:
    yield MemoryQueue(clock)


@asynccontextmanager
async def open_database(clock: Clock) -> AsyncIterator[SqliteDatabase]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "gonogo.db"
        shutil.copy(make_template(), path)
        database = SqliteDatabase(path, clock, Bus(clock), synchronous="NORMAL")
        try:
            yield database
        finally:
            await database.close()


@asynccontextmanager
async def open_sqlite(clock: Clock) -> AsyncIterator[Queue]:
    async with open_database(clock) as database:
        yield SqliteQueue(database, clock)


@asynccontextmanager
async def open_in_redis(clock: Clock) -> AsyncIterator[Queue]:
    queue = open_redis(run_redis().url, clock, prefix=new_id(), request_s=10.0)
    try:
        yield queue
    finally:
        await queue.close()


@asynccontextmanager
async def open_in_postgres(clock: Clock) -> AsyncIterator[Queue]:
    queue = open_postgres(run_postgres().url, clock, schema=f"q{new_id()}", request_s=10.0)
    try:
        yield queue
    finally:
        await queue.close()


@asynccontextmanager
async def open_over_sqlite(clock: Clock) -> AsyncIterator[Queue]:
    """Redis with the kernel's database as its ledger."""
    async with open_database(clock) as database:
        engine = RedisEngine(run_redis().url, clock, prefix=new_id(), request_s=10.0)
        queue = LedgeredQueue(engine, SqliteLedger(database, clock), clock)
        yield queue
        await queue.close()


@asynccontextmanager
async def open_over_postgres(clock: Clock) -> AsyncIterator[Queue]:
    """Redis with Postgres as its ledger."""
    engine = RedisEngine(run_redis().url, clock, prefix=new_id(), request_s=10.0)
    ledger = PostgresLedger(PostgresEngine(run_postgres().url, clock, f"q{new_id()}", request_s=10.0), clock)
    queue = LedgeredQueue(engine, ledger, clock)
    yield queue
    await queue.close()


@cache
def make_template() -> Path:
    """An empty database, migrated once for all tests of the process."""
    path = Path(mkdtemp(prefix="gonogo-template-")) / "gonogo.db"
    migrate_database(path)
    return path


BACKENDS: dict[str, Open] = {
    "memory": open_memory,
    "sqlite": open_sqlite,
    "redis": open_in_redis,
    "postgres": open_in_postgres,
    "redis over sqlite": open_over_sqlite,
    "redis over postgres": open_over_postgres,
}
