"""The queue's backends. Each is loaded when it is chosen, with the driver it needs."""

from __future__ import annotations

from pkgutil import resolve_name
from typing import cast
from urllib.parse import urlsplit

from gonogo.jobs.queue import Queue
from gonogo.jobs.queues.sqlite import SqliteQueue
from gonogo.kernel.clock import Clock
from gonogo.kernel.config import ConfigError
from gonogo.kernel.db.database import Database

OPENERS = {
    "postgresql": "gonogo.jobs.queues.postgres:open_queue",
    "postgres": "gonogo.jobs.queues.postgres:open_queue",
    "redis": "gonogo.jobs.queues.redis:open_queue",
    "rediss": "gonogo.jobs.queues.redis:open_queue",
}
"""``async def open_queue(url, clock) -> Queue`` by the scheme of the address."""


async def open_queue(url: str, db: Database, clock: Clock) -> Queue:
    """The queue of people's jobs: at ``url``, or in the kernel's own database when there is none.

    Raises ``ConfigError`` for an address that no backend understands.
    """
    if not url:
        return SqliteQueue(db, clock)
    scheme = urlsplit(url).scheme
    if scheme not in OPENERS:
        raise ConfigError(f"'jobs_url' begins with '{scheme}:'. Queues live at postgresql:// or redis:// addresses.")
    return cast(Queue, await resolve_name(OPENERS[scheme])(url, clock))
