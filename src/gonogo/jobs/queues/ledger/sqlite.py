"""The kernel's own database as the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.jobs.queues.ledger.port import Kept, LivePage
from gonogo.jobs.queues.library.outcome import Outcome
from gonogo.jobs.queues.sqlite.book import Book, decode_job, encode
from gonogo.jobs.queues.sqlite.queue import SqliteQueue
from gonogo.jobs.queues.sqlite.recording import add_lines, drop_logs, open_lanes
from gonogo.jobs.rules import rank_job
from gonogo.jobs.schemas import LIVE

_EPOCH = "SELECT fence FROM leases WHERE name = 'jobs.epoch'"
_BEGIN = """
INSERT INTO leases (name, holder, fence, expires_at) VALUES ('jobs.epoch', '', 1, '')
ON CONFLICT (name) DO UPDATE SET fence = fence + 1 RETURNING fence
"""
_FIND = "SELECT seq, state, fence, keep, lane, job FROM @ WHERE id = ?"
_SETTLE = """
UPDATE @ SET state = ?, due = ?, rank = ?, attempt = ?, fence = ?, started = ?, ended = ?, forget_at = ?, fraction = ?,
             message = ?, value = ?, error = ?, worker = NULL
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
    return frozenset(outcome.id for outcome in outcomes if _settle_one(book, outcome))


def _settle_one(book: Book, outcome: Outcome) -> bool:
    row = book.run(_FIND, (outcome.id,)).fetchone()
    if row is None:
        return False
    seq, state, fence, keep, lane, job = row
    is_revived = outcome.state in LIVE and outcome.fence > fence
    if state not in LIVE and not is_revived:
        return bool((state, fence) == (outcome.state, outcome.fence))
    if outcome.state == "done" and not keep:
        book.run("DELETE FROM @ WHERE seq = ?", (seq,))
        drop_logs(book, [outcome.id])
    else:
        _update(book, seq, outcome, keep, decode_job(job).priority)
    open_lanes(book, [lane])
    return True


def _update(book: Book, seq: int, outcome: Outcome, keep: int, priority: int) -> None:
    is_kept_for = outcome.ended is not None and outcome.state in ("done", "cancelled")
    details = (
        outcome.state,
        outcome.due,
        rank_job(outcome.due, priority),
        outcome.attempt,
        outcome.fence,
        outcome.started,
        outcome.ended,
        (outcome.ended or 0) + keep if is_kept_for else None,
        1.0 if outcome.state == "done" else None,
        outcome.message,
        encode(outcome.value),
        outcome.error,
    )
    book.run(_SETTLE, (*details, seq))
    if outcome.lines:
        drop_logs(book, [outcome.id])
        add_lines(book, outcome.id, outcome.lines)


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
