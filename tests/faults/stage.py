"""Where a fault happens: one queue of one backend, which several processes can open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from gonogo.jobs.queue import Queue
from gonogo.jobs.queues.ledger.port import Ledger
from gonogo.kernel.clock import SystemClock
from gonogo.kernel.db.sqlite import SqliteDatabase
from gonogo.kernel.events.bus import Bus

BACKENDS = ("sqlite", "redis", "postgres", "redis over sqlite", "redis over postgres")
REQUEST_S = 5.0


class Stage(msgspec.Struct, frozen=True):
    """A backend and its addresses; ``prefix`` sets this queue apart from others on the same servers."""

    backend: str
    folder: str
    redis: str
    postgres: str
    prefix: str


class LaterClock(SystemClock):
    """The machine's clock, some seconds ahead: leases need not be waited for."""

    def __init__(self, ahead_s: float) -> None:
        self._ahead_s = ahead_s

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self._ahead_s)


@asynccontextmanager
async def open_stage(stage: Stage, ahead_s: float = 0.0) -> AsyncIterator[Queue]:
    """The queue, with the time ``ahead_s`` ahead."""
    clock = LaterClock(ahead_s)
    database = SqliteDatabase(Path(stage.folder) / "gonogo.db", clock, Bus(clock), synchronous="NORMAL")
    queue = _make_queue(stage, database, clock)
    try:
        yield queue
    finally:
        await queue.close()
        await database.close()


def _make_queue(stage: Stage, database: SqliteDatabase, clock: LaterClock) -> Queue:
    if stage.backend == "sqlite":
        from gonogo.jobs.queues.sqlite import SqliteQueue

        return SqliteQueue(database, clock)
    if stage.backend == "redis":
        from gonogo.jobs.queues.redis import open_redis

        return open_redis(stage.redis, clock, stage.prefix, request_s=REQUEST_S)
    if stage.backend == "postgres":
        from gonogo.jobs.queues.postgres import open_postgres

        return open_postgres(stage.postgres, clock, stage.prefix, request_s=REQUEST_S)
    from gonogo.jobs.queues.ledger.queue import LedgeredQueue
    from gonogo.jobs.queues.redis.engine import RedisEngine

    engine = RedisEngine(stage.redis, clock, stage.prefix, request_s=REQUEST_S)
    return LedgeredQueue(engine, _make_ledger(stage, database, clock), clock)


def _make_ledger(stage: Stage, database: SqliteDatabase, clock: LaterClock) -> Ledger:
    if stage.backend == "redis over sqlite":
        from gonogo.jobs.queues.ledger.sqlite import SqliteLedger

        return SqliteLedger(database, clock)
    from gonogo.jobs.queues.ledger.postgres import PostgresLedger
    from gonogo.jobs.queues.postgres.engine import PostgresEngine

    return PostgresLedger(PostgresEngine(stage.postgres, clock, stage.prefix, request_s=REQUEST_S), clock)
