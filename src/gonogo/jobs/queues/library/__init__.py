"""The queue as a library of steps inside a database: what Redis' functions and Postgres' have in common."""

from __future__ import annotations

from gonogo.jobs.queues.library.queue import LibraryQueue

__all__ = ["LibraryQueue"]
