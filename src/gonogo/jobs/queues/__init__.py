"""The queue's backends. Each is loaded when it is chosen, with the driver it needs."""

from __future__ import annotations

from pkgutil import resolve_name
from typing import cast
from urllib.parse import urlsplit

from gonogo.jobs.queue import Queue
from gonogo.jobs.queues.ledger import open_ledgered
from gonogo.jobs.queues.sqlite import SqliteQueue
from gonogo.kernel.clock import Clock
from gonogo.kernel.config import ConfigError
from gonogo.kernel.db.database import Database

OPENERS = {
    "postgresql": "gonogo.jobs.queues.postgres:open_postgres",
    "postgres": "gonogo.jobs.queues.postgres:open_postgres",
    "redis": "gonogo.jobs.queues.redis:open_redis",
    "rediss": "gonogo.jobs.queues.redis:open_redis",
}
"""Functions of the address and the clock, by the address's scheme."""
REDIS = ("redis", "rediss")


NO_LEDGER = "none"


def open_queue(url: str, db: Database, clock: Clock, ledger: str = "") -> Queue:
    """The queue of people's jobs: at ``url``, or in the kernel's own database when there is none.

    A Redis only hands out what a ledger owns: the Postgres at ``ledger``, the kernel's database when that is empty;
    ``NO_LEDGER`` trusts Redis with everything.
    """
    if not url:
        return SqliteQueue(db, clock)
    if urlsplit(url).scheme in REDIS and ledger != NO_LEDGER:
        return open_ledgered(url, ledger, db, clock)
    return open_elsewhere(url, clock)


def open_elsewhere(url: str, clock: Clock) -> Queue:
    """The queue at ``url``; nothing is connected yet. Raises ``ConfigError`` where no backend understands it."""
    scheme = urlsplit(url).scheme
    if scheme not in OPENERS:
        raise ConfigError(f"'jobs_url' begins with '{scheme}:'. Queues live at postgresql:// or redis:// addresses.")
    return cast(Queue, resolve_name(OPENERS[scheme])(url, clock))
