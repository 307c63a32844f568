"""Upkeep, in bounded pieces."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gonogo.jobs.queues.sqlite.book import Book, pack
from gonogo.jobs.queues.sqlite.handing import promote
from gonogo.jobs.queues.sqlite.orders import plan_firing
from gonogo.jobs.queues.sqlite.recording import Held, fail, forget_rows, recover
from gonogo.jobs.queues.sqlite.taking import take_in
from gonogo.jobs.rules import FORGET_WORKER_S, LEASE_S, find_last_firing, from_ms, to_ms
from gonogo.jobs.schemas import Note, Schedule, Swept
from gonogo.kernel.failpoints import fail_here
from gonogo.kernel.ids import new_id

_COLUMNS = "seq, id, type, state, fence, attempt, keep, lane, job"
_LOST = f"""
SELECT {_COLUMNS}, worker FROM @ WHERE state = 'running'
AND worker IN (SELECT id FROM @_workers WHERE seen <= ?) ORDER BY seq LIMIT ?
"""
_OVERDUE = f"SELECT {_COLUMNS}, timeout FROM @ WHERE state = 'running' AND deadline <= ? ORDER BY seq LIMIT ?"
_OLD = "SELECT seq, id FROM @ WHERE forget_at IS NOT NULL AND forget_at <= ? LIMIT ?"
_STRANGERS = """
DELETE FROM @_workers WHERE seen <= ? AND id NOT IN (SELECT worker FROM @ WHERE state = 'running')
"""
_RENEW = """
UPDATE @_workers SET seen = iif(
    json_extract(CAST(worker AS TEXT), '$.name') IN (SELECT value FROM json_each(?)), ?, ?
)
"""
_FIRED = "UPDATE @_schedules SET next_at = ?, last_at = ?, last_job = ? WHERE name = ?"


def sweep_once(book: Book, limit: int, acknowledged: int) -> Swept:
    """One piece of upkeep."""
    book.run("DELETE FROM @_notes WHERE seq <= ?", (acknowledged,))
    promoted = promote(book, limit)
    recovered, timed_out = _recover_lost(book, limit), _end_overdue(book, limit)
    fired, forgotten = _fire(book), _forget(book, limit)
    fail_here("sweep.written")
    return Swept(
        promoted=promoted,
        recovered=recovered,
        timed_out=timed_out,
        fired=fired,
        forgotten=forgotten,
        notes=_read_notes(book, limit),
        more=limit in (promoted, recovered, timed_out, forgotten),
    )


def renew_leases(book: Book, ended: Sequence[str]) -> None:
    """Begin every worker's lease anew, after a time in which nobody listened; those of these names have ended."""
    lapsed = book.now - round(LEASE_S * 1000)
    book.run(_RENEW, (pack(ended), lapsed, book.now))


def _recover_lost(book: Book, limit: int) -> int:
    lost = book.run(_LOST, (book.now - round(LEASE_S * 1000), limit)).fetchall()
    for *row, worker in lost:
        recover(book, Held(*row), f"Worker {worker} was not heard of for {LEASE_S:.0f} s.")
    return len(lost)


def _end_overdue(book: Book, limit: int) -> int:
    overdue = book.run(_OVERDUE, (book.now, limit)).fetchall()
    for *row, timeout in overdue:
        fail(book, Held(*row), f"It ran for longer than {timeout / 1000:g} s.", fenced=True)
    return len(overdue)


def _fire(book: Book) -> int:
    due = book.run("SELECT spec FROM @_schedules WHERE next_at <= ?", (book.now,)).fetchall()
    for (spec,) in due:
        schedule = msgspec.json.decode(spec, type=Schedule)
        moment = to_ms(find_last_firing(schedule.cron, from_ms(book.now)))
        (accepted,) = take_in(book, [msgspec.structs.replace(schedule.job, id=new_id(), due=None)])
        firing = (schedule.name, moment, accepted.id)
        book.run("INSERT INTO @_firings (name, at, job) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", firing)
        book.run(_FIRED, (plan_firing(book, schedule), moment, accepted.id, schedule.name))
    return len(due)


def _forget(book: Book, limit: int) -> int:
    old = book.run(_OLD, (book.now, limit)).fetchall()
    forget_rows(book, old)
    book.run(_STRANGERS, (book.now - round(FORGET_WORKER_S * 1000),))
    return len(old)


def _read_notes(book: Book, limit: int) -> tuple[Note, ...]:
    rows = book.run("SELECT seq, note FROM @_notes ORDER BY seq LIMIT ?", (limit,))
    return tuple(msgspec.structs.replace(msgspec.json.decode(note, type=Note), seq=seq) for seq, note in rows)
