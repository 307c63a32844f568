"""What the queue's protocol carries. Every moment is an aware UTC datetime, in whole milliseconds once stored."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from gonogo.kernel.ids import new_id
from gonogo.kernel.phrasing import in_words

State = Literal["scheduled", "ready", "running", "done", "failed", "dead", "cancelled"]
"""``scheduled`` waits for its time, ``failed`` for its next attempt; ``dead`` will not be tried again by itself."""

WAITING: tuple[State, ...] = ("scheduled", "failed")
LIVE: tuple[State, ...] = ("scheduled", "failed", "ready", "running")
ENDED: tuple[State, ...] = ("done", "dead", "cancelled")
EVERYTHING = "*"
"""In place of a type: the whole queue is paused."""

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Line = Annotated[str, Meta(max_length=200, pattern=in_words(r"^[^\x00-\x1f\x7f]+$", "one line that is not empty"))]
Fence = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Seconds = Annotated[float, Meta(ge=0, le=31_536_000)]


class Job(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One piece of work as its maker describes it; nothing of it changes once it is accepted.

    - ``due``: not before; a moment that has passed means now.
    - ``priority``: a point is worth ``PRIORITY_STEP`` of waiting (see ``rules.py``), so that nothing starves.
    - ``backoff``: seconds before the second, third, … attempt; the last one repeats. Empty: 1, 2, 4 … up to 300.
    - ``unique_key``: while a live job has it, another is not taken in.
    - ``needs``: what a worker must offer besides the type, such as ``model=llama3``.
    - ``lane``: jobs of a lane are done one at a time in the order in which they came, retries included.
    - ``limit_key``: which ``Limit`` counts it.
    - ``author``: who enqueued it, as the audit names them; empty for Gonogo's own jobs.
    - ``keep_s``: how long a done job stays to be read; 0 forgets it at once.
    """

    type: Name
    payload: Any = {}
    id: str = field(default_factory=new_id)
    priority: Annotated[int, Meta(ge=-9, le=9)] = 0
    due: datetime | None = None
    max_attempts: Annotated[int, Meta(ge=1, le=1000)] = 3
    backoff: tuple[Seconds, ...] = ()
    timeout_s: Annotated[float, Meta(gt=0, le=604_800)] = 300.0
    unique_key: Name | None = None
    needs: tuple[Name, ...] = ()
    parent: str | None = None
    labels: dict[str, str] = {}
    lane: Name | None = None
    limit_key: Name | None = None
    keep_s: Seconds = 604_800.0
    author: str = ""


class Accepted(msgspec.Struct, frozen=True, gc=False):
    """A job is in the queue under ``id``. Not ``created``: its id or its unique key was there before."""

    id: str
    created: bool = True


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A job handed to a worker. Whatever the worker says of it carries the ``fence``; ``attempt`` starts at 1."""

    id: str
    fence: int
    attempt: int
    type: str
    payload: Any = {}
    max_attempts: int = 1
    timeout_s: float = 300.0
    needs: tuple[str, ...] = ()
    parent: str | None = None
    labels: dict[str, str] = {}


Outcome = Literal["done", "failed", "dead", "released"]


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How an attempt ended.

    ``failed`` is tried again after ``retry_after`` seconds (None: the job's back-off) while attempts are left,
    ``dead`` is not; ``released`` gives the job back as if it had never been claimed.
    """

    id: Line
    fence: Fence
    outcome: Outcome = "done"
    value: Any = None
    error: str = ""
    retry_after: float | None = None
    lines: tuple[str, ...] = ()


Verdict = Literal["ok", "stale"]
"""``stale``: the job was cancelled, or given to somebody else since; what the worker says of it was not recorded."""


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """One verdict a result, in order, and the jobs claimed in the same step."""

    verdicts: tuple[Verdict, ...] = ()
    claims: tuple[Claim, ...] = ()


class Progress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A job that the worker holds: how far it is (0…1, if known), in which words, and new lines of its log."""

    id: Line
    fence: Fence
    fraction: Annotated[float, Meta(ge=0, le=1)] | None = None
    message: str = ""
    lines: tuple[str, ...] = ()


class BeatAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Jobs that the worker must stop: ``cancelled`` by somebody, or ``lost`` to another worker or a time-out."""

    cancelled: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes jobs. ``capabilities`` are ``type=NAME`` for each type it can do, and whatever jobs may need."""

    id: Line
    name: Annotated[str, Meta(max_length=200)] = ""
    host: Annotated[str, Meta(max_length=255)] = ""
    pid: Annotated[int, Meta(ge=0, le=2**31)] = 0
    concurrency: Annotated[int, Meta(ge=0, le=100_000)] = 1
    capabilities: Annotated[tuple[Line, ...], Meta(max_length=10_000)] = ()


class Limit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At most ``concurrency`` jobs of ``key`` at once, and ``rate`` starts a second after a first ``burst``."""

    key: Line
    concurrency: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    rate: Annotated[float, Meta(ge=0.00001, le=100_000)] | None = None
    burst: Annotated[int, Meta(ge=1, le=100_000)] = 1


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A job made anew at every moment of a cron expression (five fields, UTC)."""

    name: Name
    cron: str
    job: Job
    enabled: bool = True


class ScheduleView(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule, when it fires next, and when it last did with which job."""

    schedule: Schedule
    next_at: datetime | None
    last_at: datetime | None = None
    last_job: str | None = None


class Firing(msgspec.Struct, frozen=True):
    """One firing of a schedule: its moment and the job that it made."""

    name: str
    at: datetime
    job: str


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job as it stands. ``due`` is when it may (next) start; ``at`` when it was taken in.

    ``waits_for`` says why a ready one does not run; it is asked for single jobs only, never of a backend.
    """

    id: str
    type: str
    state: State
    payload: Any
    priority: int
    due: datetime
    attempt: int
    max_attempts: int
    timeout_s: float
    fence: int
    at: datetime
    unique_key: str | None = None
    needs: tuple[str, ...] = ()
    parent: str | None = None
    labels: dict[str, str] = {}
    lane: str | None = None
    limit_key: str | None = None
    worker: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    fraction: float | None = None
    message: str = ""
    value: Any = None
    error: str = ""
    waits_for: str = ""
    author: str = ""


class JobFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs to list, newest first; ``before`` is the id that the last page ended with."""

    state: State | None = None
    type: str | None = None
    parent: str | None = None
    before: str | None = None
    limit: int = 50


class WorkerView(msgspec.Struct, frozen=True, kw_only=True):
    """A worker, when it was last heard of, and how many jobs it holds. Not ``alive``: its lease has run out."""

    worker: Worker
    seen_at: datetime
    alive: bool
    running: int


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something worth remembering happened to a job without anybody's order: told by ``sweep`` until acknowledged."""

    seq: int
    id: str
    type: str
    what: Literal["failed", "dead"]
    attempt: int
    error: str
    at: datetime


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """What a sweep did, in counts; ``notes`` since the acknowledged one. ``more``: sweep again at once."""

    promoted: int = 0
    recovered: int = 0
    timed_out: int = 0
    fired: int = 0
    forgotten: int = 0
    notes: tuple[Note, ...] = ()
    more: bool = False


class TypeStats(msgspec.Struct, frozen=True, kw_only=True):
    """Live jobs of one type. ``waiting`` counts scheduled and failed ones."""

    type: str
    ready: int = 0
    running: int = 0
    waiting: int = 0
    dead: int = 0


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """The queue in numbers: what it holds now, and totals since it was made."""

    ready: int = 0
    running: int = 0
    waiting: int = 0
    dead: int = 0
    oldest_ready_s: float = 0.0
    """Seconds for which the longest-waiting ready job could have been started."""
    enqueued_total: int = 0
    done_total: int = 0
    failed_total: int = 0
    """Attempts that failed, the last ones of dead jobs included."""
    dead_total: int = 0
    cancelled_total: int = 0
    recovered_total: int = 0
    types: tuple[TypeStats, ...] = ()
    workers: int = 0
    """Workers whose lease is running."""
    paused: tuple[str, ...] = ()
