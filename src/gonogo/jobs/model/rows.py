"""What the reference queue keeps of jobs, workers and schedules."""

from __future__ import annotations

from dataclasses import dataclass, field

from gonogo.jobs.rules import LEASE_S, MOST_LINES, rank_job
from gonogo.jobs.schemas import Claim, Job, JobView, Progress, Schedule, State, Worker
from gonogo.jobs.telling import Standing, tell_claim, tell_job


@dataclass(slots=True)
class Row:
    """A job and how it stands. ``seq`` is its place among all that came."""

    job: Job
    state: State
    at: int
    due: int
    seq: int
    fence: int = 0
    attempt: int = 0
    worker: str | None = None
    started: int | None = None
    ended: int | None = None
    fraction: float | None = None
    message: str = ""
    value: object = None
    error: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def order(self) -> tuple[int, str]:
        return rank_job(self.due, self.job.priority), self.job.id

    @property
    def deadline(self) -> int:
        """When the queue itself ends an attempt that its worker should have ended a lease earlier."""
        assert self.started is not None
        return self.started + round((self.job.timeout_s + LEASE_S) * 1000)


@dataclass(slots=True)
class Member:
    """A worker, when it was last heard of, and what its last nonce was answered with."""

    worker: Worker
    seen: int
    nonce: str = ""
    batch: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class Timer:
    """A schedule and its moments."""

    schedule: Schedule
    next_at: int | None
    last_at: int | None = None
    last_job: str | None = None


def make_claim(row: Row) -> Claim:
    """What a worker is handed."""
    return tell_claim(row.job, row.fence, row.attempt)


def show_row(row: Row) -> JobView:
    """What a reader is shown."""
    return tell_job(
        row.job,
        Standing(
            state=row.state,
            due=row.due,
            at=row.at,
            attempt=row.attempt,
            fence=row.fence,
            worker=row.worker,
            started=row.started,
            ended=row.ended,
            fraction=row.fraction,
            message=row.message,
            value=row.value,
            error=row.error,
        ),
    )


def note_progress(row: Row, progress: Progress) -> None:
    """Keep what a worker tells of a running job; silence about one thing leaves it as it was."""
    if progress.fraction is not None:
        row.fraction = progress.fraction
    row.message = progress.message or row.message
    add_lines(row, progress.lines)


def add_lines(row: Row, lines: tuple[str, ...]) -> None:
    """Add to the log, of which the newest lines stay."""
    row.lines = [*row.lines, *lines][-MOST_LINES:]
