"""What steps answer, read into the queue's own schemas."""

from __future__ import annotations

import msgspec

from gonogo.jobs.queues.library.outcome import Outcome
from gonogo.jobs.rules import LEASE_S, from_ms
from gonogo.jobs.schemas import (
    WAITING,
    Claim,
    Job,
    JobView,
    Note,
    Schedule,
    ScheduleView,
    Stats,
    TypeStats,
    Verdict,
    Worker,
    WorkerView,
)
from gonogo.jobs.telling import Standing, tell_claim, tell_job

Woken = tuple[str, ...]
_SHOWN = ("ready", "running", "waiting", "dead")


class Done(msgspec.Struct, frozen=True):
    """A step that was carried out, and whom it concerned."""

    woken: Woken = ()
    unsettled: tuple[Outcome, ...] = ()
    ids: tuple[str, ...] = ()
    fired: bool = False


class Taken(msgspec.Struct, frozen=True):
    """``outdated``: the asker's pools are; ``next`` is when the next waiting job is due."""

    claims: tuple[tuple[int, int, Job], ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    woken: Woken = ()
    unsettled: tuple[Outcome, ...] = ()
    next: int | None = None
    outdated: bool = False


class Beaten(msgspec.Struct, frozen=True):
    """Which jobs a worker must stop."""

    cancelled: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    woken: Woken = ()
    unsettled: tuple[Outcome, ...] = ()


class Pools(msgspec.Struct, frozen=True):
    """Every pool by its whole name, and what is paused; ``version`` changes with either."""

    version: str = ""
    names: tuple[str, ...] = ()
    paused: tuple[str, ...] = ()


class Row(Standing, frozen=True, kw_only=True):
    """One job as it stands."""

    body: Job


class Page(msgspec.Struct, frozen=True):
    """``before``: the rows were not all looked through; ask again from there."""

    rows: tuple[Row, ...] = ()
    before: str | None = None


class NoteRow(msgspec.Struct, frozen=True):
    """A failure that nobody ordered."""

    seq: int
    id: str
    type: str
    what: str
    attempt: int
    error: str
    at: int


class Timer(msgspec.Struct, frozen=True):
    """A schedule and its moments."""

    schedule: Schedule
    next: int | None = None
    last: int | None = None
    job: str | None = None


class Upkeep(msgspec.Struct, frozen=True):
    """What a sweep did, and the schedules that are due."""

    promoted: int
    recovered: int
    timed_out: int
    forgotten: int
    notes: tuple[NoteRow, ...] = ()
    timers: tuple[Timer, ...] = ()
    woken: Woken = ()
    unsettled: tuple[Outcome, ...] = ()


class Counts(msgspec.Struct, frozen=True):
    """``counts`` are named ``<state> <type>`` and ``total <what>``; ``oldest`` is a moment."""

    counts: dict[str, int]
    oldest: int
    workers: int
    paused: tuple[str, ...] = ()


class Seen(msgspec.Struct, frozen=True):
    """A worker, when it was heard of, and how many jobs it holds."""

    worker: Worker
    seen: int
    running: int


def make_claim(taken: tuple[int, int, Job]) -> Claim:
    """What a worker is handed."""
    fence, attempt, job = taken
    return tell_claim(job, fence, attempt)


def show_row(row: Row) -> JobView:
    """What a reader is shown."""
    return tell_job(row.body, row)


def show_note(note: NoteRow) -> Note:
    """A note with its moment."""
    return Note(
        seq=note.seq,
        id=note.id,
        type=note.type,
        what="dead" if note.what == "dead" else "failed",
        attempt=note.attempt,
        error=note.error,
        at=from_ms(note.at),
    )


def show_timer(timer: Timer) -> ScheduleView:
    """A schedule with its moments."""
    return ScheduleView(
        schedule=timer.schedule,
        next_at=None if timer.next is None else from_ms(timer.next),
        last_at=None if timer.last is None else from_ms(timer.last),
        last_job=timer.job,
    )


def show_worker(seen: Seen, now_ms: int) -> WorkerView:
    """A worker, alive while its lease runs."""
    alive = seen.seen + LEASE_S * 1000 > now_ms
    return WorkerView(worker=seen.worker, seen_at=from_ms(seen.seen), alive=alive, running=seen.running)


def show_stats(answer: Counts, now_ms: int) -> Stats:
    """The counters added up."""
    totals: dict[str, int] = {}
    types: dict[str, dict[str, int]] = {}
    for name, count in answer.counts.items():
        first, _, rest = name.partition(" ")
        if first == "total":
            totals[f"{rest}_total"] = count
        elif rest:
            state = "waiting" if first in WAITING else first
            of_type = types.setdefault(rest, dict.fromkeys(_SHOWN, 0))
            if state in of_type:
                of_type[state] += count
    return Stats(
        **{
            state: sum(of_type[state] for of_type in types.values())
            for state in ("ready", "running", "waiting", "dead")
        },
        **totals,
        oldest_ready_s=max(0, now_ms - answer.oldest) / 1000,
        types=tuple(TypeStats(type=name, **states) for name, states in sorted(types.items()) if any(states.values())),
        workers=answer.workers,
        paused=tuple(sorted(answer.paused)),
    )
