"""The kernel's own database as the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.jobs.queues.ledger.port import Kept, LivePage
from gonogo.jobs.queues.library.outcome import Outcome
from gonogo.jobs.queues.sqlite.book import Book, decode_job, encode
from gonogo.jobs.queues.sqlite.queue import SqliteQueue
from gonogo.jobs.queues.sqlite.recording import Held, add_lines, drop_logs, find_rows, forget_rows, open_lanes
from gonogo.jobs.rules import rank_job
from gonogo.jobs.schemas import LIVE

_EPOCH = "SELECT fence FROM leases WHERE name = 'jobs.epoch'"
_BEGIN = """
INSERT INTO leases (name, holder, fence, expires_at) VALUES ('jobs.epoch', '', 1, '')
ON CONFLICT (name) DO UPDATE SET fence = fence + 1 RETURNING fence
"""
_SETTLE = """
UPDATE @ SET state = ?, due = ?, rank = coalesce(?, rank), attempt = ?, fence = ?, started = ?, ended = ?,
             forget_at = ?, fraction = ?, message = ?, value = ?, error = ?, worker = NULL
WHERE seq = ?
"""
_LIVE = """
SELECT seq, job, at, due, attempt, fence, error FROM @
WHERE seq > max(?, coalesce((SELECT seq FROM @ WHERE at < ? ORDER BY seq DESC LIMIT 1), 0))
  AND state IN ('scheduled', 'failed', 'ready', 'running')
ORDER BY seq LIMIT ?
"""


class SqliteLedger(SqliteQueue):
    """``SqliteQueue`` as a ledger. Its jobs keep the state in which they were last settled."""

    async def settle(self, epoch: int, outcomes: Sequence[Outcome]) -> frozenset[str]:
        return await self._write(_settle, epoch, outcomes)

    async def list_live(self, since_ms: int, after: str, limit: int) -> LivePage:
        return await self._read(_list_live, since_ms, int(after or 0), limit)

    async def find_epoch(self) -> int:
        return await self._read(_find_epoch)

    async def begin_epoch(self) -> int:
        return await self._write(_begin_epoch)


def _settle(book: Book, epoch: int, outcomes: Sequence[Outcome]) -> frozenset[str]:
    if _find_epoch(book) != epoch:
        return frozenset()
    rows = find_rows(book, (outcome.id for outcome in outcomes))
    known = [(rows[outcome.id], outcome) for outcome in outcomes if outcome.id in rows]
    fresh = [(row, outcome) for row, outcome in known if _is_fresh(row, outcome)]
    said_before = {row.id for row, outcome in known if (row.state, row.fence) == (outcome.state, outcome.fence)}
    _write(book, fresh)
    open_lanes(book, (row.lane for row, _ in fresh))
    return frozenset(said_before.union(row.id for row, _ in fresh))


def _is_fresh(row: Held, outcome: Outcome) -> bool:
    return row.state in LIVE or (outcome.state in LIVE and outcome.fence > row.fence)


def _write(book: Book, fresh: Sequence[tuple[Held, Outcome]]) -> None:
    forget_rows(book, [(row.seq, row.id) for row, outcome in fresh if outcome.state == "done" and not row.keep])
    kept = [(row, outcome) for row, outcome in fresh if outcome.state != "done" or row.keep]
    book.run_many(_SETTLE, [_tell(row, outcome) for row, outcome in kept])
    lined = [outcome for _, outcome in kept if outcome.lines]
    if lined:
        drop_logs(book, [outcome.id for outcome in lined])
    for outcome in lined:
        add_lines(book, outcome.id, outcome.lines)


def _tell(row: Held, outcome: Outcome) -> tuple[object, ...]:
    is_kept_for = outcome.ended is not None and outcome.state in ("done", "cancelled")
    return (
        outcome.state,
        outcome.due,
        rank_job(outcome.due, decode_job(row.job).priority) if outcome.state in LIVE else None,
        outcome.attempt,
        outcome.fence,
        outcome.started,
        outcome.ended,
        (outcome.ended or 0) + row.keep if is_kept_for else None,
        1.0 if outcome.state == "done" else None,
        outcome.message,
        encode(outcome.value),
        outcome.error,
        row.seq,
    )


def _list_live(book: Book, since_ms: int, after: int, limit: int) -> LivePage:
    rows = book.run(_LIVE, (after, since_ms, limit)).fetchall()
    kept = tuple(Kept(decode_job(job), *rest) for _, job, *rest in rows)
    return LivePage(kept, str(rows[-1][0]) if len(rows) == limit else None)


def _find_epoch(book: Book) -> int:
    row = book.run(_EPOCH).fetchone()
    return row[0] if row else 0


def _begin_epoch(book: Book) -> int:
    epoch: int = book.run(_BEGIN).fetchone()[0]
    return epoch
