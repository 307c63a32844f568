"""The queue in the kernel's own database: one writer, group commit, nothing else to run."""

from __future__ import annotations

from gonogo.jobs.queues.sqlite.queue import SqliteQueue

__all__ = ["SqliteQueue"]
