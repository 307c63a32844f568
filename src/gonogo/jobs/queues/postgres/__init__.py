"""The queue in Postgres: many processes on many machines, and jobs beside the data of those who make them."""

from __future__ import annotations

from gonogo.jobs.queues.library import LibraryQueue
from gonogo.kernel.clock import Clock


def open_postgres(url: str, clock: Clock, schema: str = "gonogo", **options: float) -> LibraryQueue:
    """The queue in the database at ``url``, in a schema of its own. Nothing is connected yet."""
    from gonogo.jobs.queues.postgres.engine import PostgresEngine

    return LibraryQueue(PostgresEngine(url, clock, schema, **options), clock)
