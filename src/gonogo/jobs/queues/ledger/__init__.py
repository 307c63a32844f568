"""Scale mode: SQL owns what was accepted and how it ended, Redis only who is next and who is at work."""

from __future__ import annotations

from gonogo.jobs.queue import Queue
from gonogo.jobs.queues.ledger.port import Ledger
from gonogo.kernel.clock import Clock
from gonogo.kernel.db.database import Database


def open_ledgered(url: str, ledger_url: str, db: Database, clock: Clock) -> Queue:
    """The queue in the Redis at ``url`` over the Postgres at ``ledger_url``, or over ``db`` when there is none."""
    from gonogo.jobs.queues.ledger.queue import LedgeredQueue
    from gonogo.jobs.queues.redis.engine import RedisEngine

    return LedgeredQueue(RedisEngine(url, clock), _open_ledger(ledger_url, db, clock), clock)


def _open_ledger(url: str, db: Database, clock: Clock) -> Ledger:
    if not url:
        from gonogo.jobs.queues.ledger.sqlite import SqliteLedger

        return SqliteLedger(db, clock)
    from gonogo.jobs.queues.ledger.postgres import PostgresLedger
    from gonogo.jobs.queues.postgres.engine import PostgresEngine

    return PostgresLedger(PostgresEngine(url, clock), clock)
