"""What readers ask."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from gonogo.jobs.queues.sqlite.book import Book, decode_job, decode_limit
from gonogo.jobs.queues.sqlite.orders import show_schedule
from gonogo.jobs.rules import LEASE_S, from_ms, read_type
from gonogo.jobs.schemas import (
    Firing,
    JobFilter,
    JobView,
    Limit,
    Schedule,
    ScheduleView,
    Stats,
    TypeStats,
    Worker,
    WorkerView,
)
from gonogo.jobs.telling import Standing, tell_job

_COLUMNS = "job, state, due, attempt, fence, at, worker, started, ended, fraction, message, value, error"
_WAITING = "SELECT type, count(*) FROM @ WHERE state IN ('scheduled', 'failed') GROUP BY type"
_WORKERS = """
SELECT worker, seen, (SELECT count(*) FROM @ WHERE state = 'running' AND worker = w.id) FROM @_workers w ORDER BY id
"""
_TOTALS = ("enqueued", "done", "failed", "dead", "cancelled", "recovered")


def measure(book: Book) -> Stats:
    """The queue in numbers, from its partial indexes alone."""
    ready = _count_ready(book)
    running = Counter(dict(book.run("SELECT type, count(*) FROM @ WHERE state = 'running' GROUP BY type")))
    waiting = Counter(dict(book.run(_WAITING)))
    dead = Counter(dict(book.run("SELECT type, count(*) FROM @ WHERE state = 'dead' GROUP BY type")))
    (oldest,) = book.run("SELECT min(due) FROM @ WHERE state = 'ready'").fetchone()
    totals = dict(book.run("SELECT name, count FROM @_totals"))
    (workers,) = book.run(
        "SELECT count(*) FROM @_workers WHERE seen > ?", (book.now - round(LEASE_S * 1000),)
    ).fetchone()
    return Stats(
        ready=ready.total(),
        running=running.total(),
        waiting=waiting.total(),
        dead=dead.total(),
        oldest_ready_s=0.0 if oldest is None else (book.now - oldest) / 1000,
        **{f"{name}_total": totals.get(name, 0) for name in _TOTALS},
        types=tuple(
            TypeStats(type=name, ready=ready[name], running=running[name], waiting=waiting[name], dead=dead[name])
            for name in sorted({*ready, *running, *waiting, *dead})
        ),
        workers=workers,
        paused=tuple(name for (name,) in book.run("SELECT type FROM @_pauses ORDER BY type")),
    )


def _count_ready(book: Book) -> Counter[str]:
    counts: Counter[str] = Counter()
    for pool, count in book.run("SELECT pool, count(*) FROM @ WHERE state = 'ready' GROUP BY blocked, pool"):
        counts[read_type(pool)] += count
    return counts


def find_job(book: Book, id: str) -> JobView | None:
    """One job."""
    row = book.run(f"SELECT {_COLUMNS} FROM @ WHERE id = ?", (id,)).fetchone()
    return None if row is None else _show(row)


def list_jobs(book: Book, filter: JobFilter) -> tuple[JobView, ...]:
    """Jobs, newest first. The state stands in the text: see ``models.py``."""
    conditions, parameters = ["id < ?"], [filter.before or "~"]
    if filter.state is not None:
        conditions.append(f"state = '{filter.state}'")
    for column, value in (("type", filter.type), ("parent", filter.parent)):
        if value is not None:
            conditions.append(f"{column} = ?")
            parameters.append(value)
    sql = f"SELECT {_COLUMNS} FROM @ WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT {filter.limit:d}"
    return tuple(_show(row) for row in book.run(sql, parameters))


def find_log(book: Book, id: str) -> tuple[str, ...]:
    """The newest lines of a job."""
    row = book.run("SELECT lines FROM @_logs WHERE id = ?", (id,)).fetchone()
    return () if row is None else msgspec.json.decode(row[0], type=tuple[str, ...])


def list_workers(book: Book) -> tuple[WorkerView, ...]:
    """Who takes jobs."""
    alive_since = book.now - round(LEASE_S * 1000)
    return tuple(
        WorkerView(
            worker=msgspec.json.decode(worker, type=Worker),
            seen_at=from_ms(seen),
            alive=seen > alive_since,
            running=running,
        )
        for worker, seen, running in book.run(_WORKERS)
    )


def list_limits(book: Book) -> tuple[Limit, ...]:
    """Every limit."""
    return tuple(decode_limit(spec) for (spec,) in book.run("SELECT spec FROM @_limits ORDER BY key"))


def list_schedules(book: Book) -> tuple[ScheduleView, ...]:
    """Every schedule."""
    rows = book.run("SELECT spec, next_at, last_at, last_job FROM @_schedules ORDER BY name")
    return tuple(show_schedule(msgspec.json.decode(spec, type=Schedule), *rest) for spec, *rest in rows)


def list_firings(book: Book, name: str, limit: int) -> tuple[Firing, ...]:
    """When a schedule fired, newest first."""
    rows = book.run("SELECT at, job FROM @_firings WHERE name = ? ORDER BY at DESC LIMIT ?", (name, limit))
    return tuple(Firing(name, from_ms(at), job) for at, job in rows)


def _show(row: tuple[Any, ...]) -> JobView:
    job, state, due, attempt, fence, at, worker, started, ended, fraction, message, value, error = row
    stands = Standing(
        state=state,
        due=due,
        at=at,
        attempt=attempt,
        fence=fence,
        worker=worker,
        started=started,
        ended=ended,
        fraction=fraction,
        message=message,
        value=None if value is None else msgspec.json.decode(value),
        error=error,
    )
    return tell_job(decode_job(job), stands)
