"""What people order: cancel, retry, pause, limits, schedules."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gonogo.jobs.queues.sqlite.book import Book, count_up, decode_job, encode
from gonogo.jobs.queues.sqlite.recording import Held, find_rows, open_lanes
from gonogo.jobs.queues.sqlite.taking import find_holders
from gonogo.jobs.rules import find_next_firing, from_ms, rank_job, to_ms
from gonogo.jobs.schemas import LIVE, WAITING, Limit, Schedule, ScheduleView
from gonogo.kernel.failpoints import fail_here

_CANCEL = """
UPDATE @ SET state = 'cancelled', worker = NULL, ended = ?1, forget_at = ?1 + keep, fence = fence + 1, error = ?2
WHERE seq = ?3
"""
_AGAIN = """
UPDATE @ SET state = 'ready', due = ?1, rank = ?2, attempt = 0, ended = NULL, forget_at = NULL, fence = fence + 1
WHERE seq = ?3
"""
_TO_LANES_END = """
UPDATE @ SET seq = (SELECT seq + 1 FROM sqlite_sequence WHERE name = '@'), blocked = EXISTS (
    SELECT 1 FROM @ WHERE lane = ?1 AND lane IS NOT NULL
    AND state IN ('scheduled', 'failed', 'ready', 'running')
) WHERE seq = ?2
"""
_PUT = """
INSERT INTO @_schedules (name, spec, next_at) VALUES (?1, ?2, ?3)
ON CONFLICT DO UPDATE SET spec = ?2, next_at = ?3
"""


def cancel_jobs(book: Book, ids: Sequence[str], why: str) -> tuple[str, ...]:
    """Cancel those that live."""
    rows = find_rows(book, ids)
    live = [row for row in map(rows.get, dict.fromkeys(ids)) if row is not None and row.state in LIVE]
    book.run_many(_CANCEL, [(book.now, why, row.seq) for row in live])
    open_lanes(book, (row.lane for row in live))
    count_up(book, "cancelled", len(live))
    fail_here("cancel.written")
    return tuple(row.id for row in live)


def retry_jobs(book: Book, ids: Sequence[str]) -> tuple[str, ...]:
    """Make dead, cancelled and waiting jobs ready."""
    rows = find_rows(book, ids)
    found = [row for row in map(rows.get, dict.fromkeys(ids)) if row is not None]
    retried = tuple(row.id for row in found if _try_again(book, row))
    fail_here("retry.written")
    return retried


def _try_again(book: Book, row: Held) -> bool:
    ended = row.state in ("dead", "cancelled")
    if not ended and row.state not in WAITING:
        return False
    job, seq = decode_job(row.job), row.seq
    if ended and job.unique_key is not None and find_holders(book, [job.unique_key]):
        return False
    if ended and row.lane is not None:
        seq = _move_back(book, row)
    book.run(_AGAIN, (book.now, rank_job(book.now, job.priority), seq))
    return True


def _move_back(book: Book, row: Held) -> int:
    """Put a job at the end of its lane; its new place."""
    (last,) = book.run("SELECT seq FROM sqlite_sequence WHERE name = '@'").fetchone()
    book.run(_TO_LANES_END, (row.lane, row.seq))
    book.run("UPDATE sqlite_sequence SET seq = ? WHERE name = '@'", (last + 1,))
    return int(last) + 1


def pause_type(book: Book, type: str) -> None:
    """Hand out no more of it."""
    book.run("INSERT INTO @_pauses (type) VALUES (?) ON CONFLICT DO NOTHING", (type,))


def resume_type(book: Book, type: str) -> None:
    """Hand it out again."""
    book.run("DELETE FROM @_pauses WHERE type = ?", (type,))


def keep_limit(book: Book, limit: Limit) -> None:
    """Keep a limit, or drop one that limits nothing."""
    if limit.rate is None and limit.concurrency is None:
        book.run("DELETE FROM @_limits WHERE key = ?", (limit.key,))
        return
    sql = "INSERT INTO @_limits (key, spec, free_at) VALUES (?1, ?2, 0) ON CONFLICT DO UPDATE SET spec = ?2"
    book.run(sql, (limit.key, encode(limit)))


def keep_schedule(book: Book, schedule: Schedule) -> ScheduleView:
    """Add or change a schedule."""
    sql = "SELECT spec, next_at, last_at, last_job FROM @_schedules WHERE name = ?"
    row = book.run(sql, (schedule.name,)).fetchone()
    spec, next_at, last_at, last_job = row or (None, None, None, None)
    before = None if spec is None else msgspec.json.decode(spec, type=Schedule)
    if before is None or before.cron != schedule.cron or next_at is None or not schedule.enabled:
        next_at = plan_firing(book, schedule)
    book.run(_PUT, (schedule.name, encode(schedule), next_at))
    return show_schedule(schedule, next_at, last_at, last_job)


def plan_firing(book: Book, schedule: Schedule) -> int | None:
    """When it fires next."""
    following = find_next_firing(schedule.cron, from_ms(book.now))
    return to_ms(following) if schedule.enabled and following is not None else None


def show_schedule(schedule: Schedule, next_at: int | None, last_at: int | None, last_job: str | None) -> ScheduleView:
    """What a reader is shown of a schedule."""
    return ScheduleView(
        schedule=schedule,
        next_at=None if next_at is None else from_ms(next_at),
        last_at=None if last_at is None else from_ms(last_at),
        last_job=last_job,
    )
