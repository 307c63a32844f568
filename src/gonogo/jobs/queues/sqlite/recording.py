"""Recording how attempts go and how they end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from gonogo.jobs.queues.sqlite.book import Book, count_up, decode_job, encode, pack
from gonogo.jobs.rules import LEASE_S, MOST_LINES, find_backoff_ms, from_ms, rank_job, read_pause_ms
from gonogo.jobs.schemas import BeatAnswer, Note, Progress, Result, Verdict
from gonogo.kernel.failpoints import fail_here

_COLUMNS = "seq, id, type, state, fence, attempt, keep, lane, job"
_NAMED = f"SELECT {_COLUMNS} FROM @ WHERE id IN (SELECT value FROM json_each(?))"
_DONE = """
UPDATE @ SET state = 'done', worker = NULL, ended = ?, forget_at = ?, value = ?, fraction = 1.0, error = ?
WHERE seq = ?
"""
_DEAD = "UPDATE @ SET state = 'dead', worker = NULL, ended = ?, fence = fence + ?, error = ? WHERE seq = ?"
_FAILED = """
UPDATE @ SET state = 'failed', worker = NULL, due = ?, rank = ?, fence = fence + ?, error = ? WHERE seq = ?
"""
_RELEASE = "UPDATE @ SET state = 'ready', worker = NULL, attempt = attempt - 1, error = ? WHERE seq = ?"
_BACK = "UPDATE @ SET state = 'ready', worker = NULL, fence = fence + 1, error = ? WHERE seq = ?"
_UNBLOCK = """
UPDATE @ SET blocked = 0 WHERE seq = (
    SELECT min(seq) FROM @ WHERE lane = ? AND lane IS NOT NULL
    AND state IN ('scheduled', 'failed', 'ready', 'running')
)
"""
_PROGRESS = """
UPDATE @ SET fraction = coalesce(?, fraction), message = coalesce(nullif(?, ''), message) WHERE seq = ?
"""
_ORPHANS = f"""
SELECT {_COLUMNS} FROM @ WHERE state = 'running' AND worker = ? AND started <= ?
AND id NOT IN (SELECT value FROM json_each(?))
"""


class Held(NamedTuple):
    """What is asked of a row whose attempt ends."""

    seq: int
    id: str
    type: str
    state: str
    fence: int
    attempt: int
    keep: int
    lane: str | None
    job: bytes


def find_rows(book: Book, ids: Iterable[str]) -> dict[str, Held]:
    """Rows by id."""
    return {row[1]: Held(*row) for row in book.run(_NAMED, (pack(ids),))}


def record(book: Book, results: Sequence[Result]) -> tuple[Verdict, ...]:
    """Write down results whose fence is the row's; what was said before is not said again."""
    rows = find_rows(book, (result.id for result in results))
    verdicts: list[Verdict] = []
    done: list[tuple[Held, Result]] = []
    seen: set[str] = set()
    for result in results:
        row = rows.get(result.id)
        if row is None or row.fence != result.fence:
            verdicts.append("stale")
            continue
        verdicts.append("ok")
        if row.state != "running" or row.id in seen:
            continue
        seen.add(row.id)
        if result.lines:
            add_lines(book, row.id, result.lines)
        if result.outcome == "done":
            done.append((row, result))
        elif result.outcome == "released":
            book.run(_RELEASE, (result.error, row.seq))
        else:
            fail(book, row, result.error, for_good=result.outcome == "dead", retry_after=result.retry_after)
    _end_well(book, done)
    fail_here("finish.written")
    return tuple(verdicts)


def _end_well(book: Book, done: Sequence[tuple[Held, Result]]) -> None:
    kept = [(row, result) for row, result in done if row.keep]
    book.run_many(
        _DONE,
        [(book.now, book.now + row.keep, encode(result.value), result.error, row.seq) for row, result in kept],
    )
    forget_rows(book, [(row.seq, row.id) for row, _ in done if not row.keep])
    open_lanes(book, (row.lane for row, _ in done))
    count_up(book, "done", len(done))


def fail(
    book: Book, row: Held, error: str, *, for_good: bool = False, retry_after: float | None = None, fenced: bool = False
) -> None:
    """End an attempt that failed; ``fenced`` makes whatever its worker says later stale."""
    job = decode_job(row.job)
    count_up(book, "failed", 1)
    what: Literal["failed", "dead"]
    if for_good or row.attempt >= job.max_attempts:
        what = "dead"
        book.run(_DEAD, (book.now, fenced, error, row.seq))
        count_up(book, "dead", 1)
        open_lanes(book, [row.lane])
    else:
        what = "failed"
        pause = read_pause_ms(retry_after)
        due = book.now + (find_backoff_ms(job.backoff, row.attempt) if pause is None else pause)
        book.run(_FAILED, (due, rank_job(due, job.priority), fenced, error, row.seq))
    _note(book, row, what, error)


def recover(book: Book, row: Held, error: str) -> None:
    """Take a job back from a worker that won't end it."""
    count_up(book, "recovered", 1)
    if row.attempt >= decode_job(row.job).max_attempts:
        fail(book, row, error, for_good=True, fenced=True)
    else:
        book.run(_BACK, (error, row.seq))


def open_lanes(book: Book, lanes: Iterable[str | None]) -> None:
    """Let the next job of each lane be claimed."""
    for lane in {lane for lane in lanes if lane is not None}:
        book.run(_UNBLOCK, (lane,))


def take_beat(book: Book, worker: str, running: Sequence[Progress]) -> BeatAnswer:
    """Note what a worker tells of its jobs, and tell it which are no longer its own."""
    rows = find_rows(book, (progress.id for progress in running))
    cancelled, lost = [], []
    for progress in running:
        row = rows.get(progress.id)
        if row is not None and row.state == "running" and row.fence == progress.fence:
            if progress.fraction is not None or progress.message:
                book.run(_PROGRESS, (progress.fraction, progress.message, row.seq))
            if progress.lines:
                add_lines(book, row.id, progress.lines)
        elif row is not None and row.state == "cancelled":
            cancelled.append(progress.id)
        else:
            lost.append(progress.id)
    before = book.now - round(LEASE_S * 1000)
    orphans = book.run(_ORPHANS, (worker, before, pack(progress.id for progress in running))).fetchall()
    for orphan in orphans:
        recover(book, Held(*orphan), "The claim was lost on its way to the worker.")
    return BeatAnswer(cancelled=tuple(cancelled), lost=tuple(lost))


def add_lines(book: Book, id: str, lines: Sequence[str]) -> None:
    """Add to a job's log, of which the newest lines stay."""
    row = book.run("SELECT lines FROM @_logs WHERE id = ?", (id,)).fetchone()
    before = [] if row is None else msgspec.json.decode(row[0], type=list[str])
    kept = encode([*before, *lines][-MOST_LINES:])
    book.run("INSERT INTO @_logs (id, lines) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET lines = ?2", (id, kept))


def forget_rows(book: Book, rows: Sequence[tuple[int, str]]) -> None:
    """Forget jobs, by place and id, and their logs."""
    if rows:
        book.run("DELETE FROM @ WHERE seq IN (SELECT value FROM json_each(?))", (pack(seq for seq, _ in rows),))
        drop_logs(book, [name for _, name in rows])


def drop_logs(book: Book, ids: Sequence[Any]) -> None:
    """Forget the logs of jobs that are forgotten."""
    book.run("DELETE FROM @_logs WHERE id IN (SELECT value FROM json_each(?))", (pack(ids),))


def _note(book: Book, row: Held, what: Literal["failed", "dead"], error: str) -> None:
    note = Note(seq=0, id=row.id, type=row.type, what=what, attempt=row.attempt, error=error, at=from_ms(book.now))
    book.run("INSERT INTO @_notes (note) VALUES (?)", (encode(note),))
