"""Taking jobs in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gonogo.jobs.queues.sqlite.book import Book, count_up, encode, pack
from gonogo.jobs.rules import name_pool, rank_job, to_ms
from gonogo.jobs.schemas import Accepted, Job
from gonogo.kernel.failpoints import fail_here

_INSERT = """
INSERT INTO @ (id, type, state, pool, rank, due, at, job, timeout, keep, fence, attempt, blocked, unique_key, lane,
               limit_key, parent, message, error)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, '', '')
"""
_PRESENT = "SELECT id FROM @ WHERE id IN (SELECT value FROM json_each(?))"
_HOLDERS = """
SELECT unique_key, id FROM @
WHERE unique_key IN (SELECT value FROM json_each(?)) AND unique_key IS NOT NULL
  AND state IN ('scheduled', 'failed', 'ready', 'running')
"""
_BUSY_LANES = """
SELECT DISTINCT lane FROM @
WHERE lane IN (SELECT value FROM json_each(?)) AND lane IS NOT NULL
  AND state IN ('scheduled', 'failed', 'ready', 'running')
"""


def take_in(book: Book, jobs: Sequence[Job]) -> tuple[Accepted, ...]:
    """Insert what is new; say of the rest who was there before."""
    present = {name for (name,) in book.run(_PRESENT, (pack(job.id for job in jobs),))}
    holders = find_holders(book, [job.unique_key for job in jobs if job.unique_key is not None])
    busy = _find_busy(book, jobs)
    rows, accepted = [], []
    for job in jobs:
        holder = job.id if job.id in present else holders.get(job.unique_key or "")
        if holder is not None:
            accepted.append(Accepted(holder, created=False))
            continue
        rows.append(_make_row(job, book.now, blocked=job.lane in busy))
        accepted.append(Accepted(job.id))
        present.add(job.id)
        if job.unique_key is not None:
            holders[job.unique_key] = job.id
        if job.lane is not None:
            busy.add(job.lane)
    fail_here("enqueue.started")
    book.run_many(_INSERT, rows)
    count_up(book, "enqueued", len(rows))
    fail_here("enqueue.written")
    return tuple(accepted)


def find_holders(book: Book, unique_keys: Sequence[str]) -> dict[str, str]:
    """Which live job has each of these keys."""
    return dict(book.run(_HOLDERS, (pack(unique_keys),))) if unique_keys else {}


def _find_busy(book: Book, jobs: Sequence[Job]) -> set[str | None]:
    lanes = [job.lane for job in jobs if job.lane is not None]
    return {lane for (lane,) in book.run(_BUSY_LANES, (pack(lanes),))} if lanes else set()


def _make_row(job: Job, now: int, *, blocked: bool) -> tuple[Any, ...]:
    due = now if job.due is None else max(now, to_ms(job.due))
    return (
        job.id,
        job.type,
        "scheduled" if due > now else "ready",
        name_pool(job),
        rank_job(due, job.priority),
        due,
        now,
        encode(job),
        round(job.timeout_s * 1000),
        round(job.keep_s * 1000),
        blocked,
        job.unique_key,
        job.lane,
        job.limit_key,
        job.parent,
    )
