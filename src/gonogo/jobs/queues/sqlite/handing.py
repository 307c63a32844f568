"""Handing jobs to workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from gonogo.jobs.queues.sqlite.book import Book, decode_job, decode_limit, encode, pack
from gonogo.jobs.rules import LEASE_S, charge_starts, choose_pools, count_starts, find_next_start, read_pool
from gonogo.jobs.schemas import Claim, Limit, Worker
from gonogo.jobs.telling import tell_claim
from gonogo.kernel.failpoints import fail_here

PROMOTED_AT_ONCE = 1000
_POOLS = """
WITH RECURSIVE pools (pool) AS (
    SELECT min(pool) FROM @ WHERE state = 'ready' AND blocked = 0
    UNION ALL
    SELECT (SELECT min(pool) FROM @ WHERE state = 'ready' AND blocked = 0 AND pool > pools.pool)
    FROM pools WHERE pools.pool IS NOT NULL
)
SELECT pool FROM pools WHERE pool IS NOT NULL
"""
_HEADS = """
SELECT rank, id, seq, fence, attempt, job, limit_key FROM @
WHERE state = 'ready' AND blocked = 0 AND pool = ? ORDER BY rank, id LIMIT ?
"""
_START = """
UPDATE @ SET state = 'running', worker = ?1, started = ?2, deadline = ?2 + timeout + ?3, fence = fence + 1,
             attempt = attempt + 1, fraction = NULL, message = ''
WHERE seq IN (SELECT value FROM json_each(?4))
"""
_PROMOTE = """
UPDATE @ SET state = 'ready' WHERE seq IN (
    SELECT seq FROM @ WHERE state IN ('scheduled', 'failed') AND due <= ? ORDER BY due LIMIT ?
)
"""
_HELD = """
SELECT rank, id, seq, fence, attempt, job, limit_key FROM @
WHERE id IN (SELECT value FROM json_each(?)) AND state = 'running'
"""
_MEET = """
INSERT INTO @_workers (id, worker, seen, nonce, batch) VALUES (?1, ?2, ?3, '', '[]')
ON CONFLICT DO UPDATE SET seen = ?3
"""


@dataclass(slots=True)
class _Room:
    """How many jobs of a limited key may start now."""

    limit: Limit
    free_at: int
    left: int
    started: int = 0


def hand_out(book: Book, worker: str, capabilities: Sequence[str], n: int, nonce: str) -> tuple[Claim, ...]:
    """The next jobs for ``worker``, or again those that ``nonce`` was answered with."""
    meet(book, worker)
    if nonce and (again := _find_batch(book, worker, nonce)) is not None:
        return again
    promote(book, PROMOTED_AT_ONCE)
    heads = _choose(book, capabilities, n)
    fail_here("claim.chosen")
    if heads:
        lease = round(LEASE_S * 1000)
        book.run(_START, (worker, book.now, lease, pack(head[2] for head in heads)))
        batch = [(head[1], head[3] + 1) for head in heads]
        sql = "UPDATE @_workers SET nonce = ?, batch = ? WHERE id = ?"
        book.run(sql, (nonce, encode(batch).decode(), worker))
    fail_here("claim.written")
    return tuple(tell_claim(decode_job(job), fence + 1, attempt + 1) for _, _, _, fence, attempt, job, _ in heads)


def meet(book: Book, worker: str) -> None:
    """Renew a worker's lease; one that was never heard of is registered by its id alone."""
    book.run(_MEET, (worker, encode(Worker(id=worker)), book.now))


def promote(book: Book, limit: int) -> int:
    """Make ready what has come due."""
    return book.run(_PROMOTE, (book.now, limit)).rowcount


def find_next(book: Book) -> int | None:
    """The moment, in milliseconds, at which something becomes claimable by time alone; None when nothing will."""
    (due,) = book.run("SELECT min(due) FROM @ WHERE state IN ('scheduled', 'failed')").fetchone()
    limits = book.run("SELECT spec, free_at FROM @_limits WHERE free_at > ?", (book.now * 1000,))
    frees = [find_next_start(decode_limit(spec), free_at) for spec, free_at in limits]
    return min(frees if due is None else [due, *frees], default=None)


def _find_batch(book: Book, worker: str, nonce: str) -> tuple[Claim, ...] | None:
    known, batch = book.run("SELECT nonce, batch FROM @_workers WHERE id = ?", (worker,)).fetchone()
    if known != nonce:
        return None
    fences = dict(msgspec.json.decode(batch, type=list[tuple[str, int]]))
    held = {row[1]: row for row in book.run(_HELD, (pack(fences),))}
    return tuple(
        tell_claim(decode_job(held[name][5]), fence, held[name][4])
        for name, fence in fences.items()
        if name in held and held[name][3] == fence
    )


def _choose(book: Book, capabilities: Sequence[str], n: int) -> list[Any]:
    """Heads of the pools this worker may take from, merged in order of rank, within the limits of their keys."""
    paused = [name for (name,) in book.run("SELECT type FROM @_pauses")]
    pools = choose_pools((pool for (pool,) in book.run(_POOLS)), capabilities, paused)
    rooms = _measure_rooms(book, {key for pool in pools if (key := read_pool(pool)[0]) is not None})
    heads = []
    for pool in pools:
        room = rooms.get(read_pool(pool)[0] or "")
        heads += book.run(_HEADS, (pool, n if room is None else min(n, room.left))).fetchall()
    heads.sort()
    chosen: list[Any] = []
    for head in heads:
        room = rooms.get(head[6] or "")
        if len(chosen) == n:
            break
        if room is None or room.started < room.left:
            chosen.append(head)
            if room is not None:
                room.started += 1
    _charge(book, rooms)
    return chosen


def _measure_rooms(book: Book, keys: set[str]) -> dict[str, _Room]:
    if not keys:
        return {}
    sql = "SELECT key, spec, free_at FROM @_limits WHERE key IN (SELECT value FROM json_each(?))"
    rooms = {}
    for key, spec, free_at in book.run(sql, (pack(keys),)):
        limit = decode_limit(spec)
        left = count_starts(limit, book.now, free_at)
        if limit.concurrency is not None:
            vacant = max(0, limit.concurrency - _count_running(book, key))
            left = vacant if left is None else min(left, vacant)
        assert left is not None  # a stored limit limits something
        rooms[key] = _Room(limit, free_at, left)
    return rooms


def _count_running(book: Book, key: str) -> int:
    counted = book.run("SELECT count(*) FROM @ WHERE state = 'running' AND limit_key = ?", (key,)).fetchone()
    return int(counted[0])


def _charge(book: Book, rooms: dict[str, _Room]) -> None:
    for key, room in rooms.items():
        if room.started:
            free_at = charge_starts(room.limit, book.now, room.free_at, room.started)
            book.run("UPDATE @_limits SET free_at = ? WHERE key = ?", (free_at, key))
