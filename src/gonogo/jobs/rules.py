"""The queue's arithmetic, the same for every backend. Moments are whole milliseconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from cronsim import CronSim, CronSimError

from gonogo.jobs.errors import BadCron
from gonogo.jobs.schemas import Job, Limit

LEASE_S = 15.0
"""A worker not heard of for this long is dead, and its jobs go to others."""
PRIORITY_STEP_MS = 30_000
"""What one point of priority is worth in waiting time."""
LONGEST_BACKOFF_S = 300.0
LONGEST_PAUSE_S = 31_536_000.0
FORGET_WORKER_S = 3600.0
MOST_LINES = 1000
"""Lines of log kept of one job; the first ones go."""
SECONDLY_FIELDS = 6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (moment - _EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    """The moment, aware."""
    return _EPOCH + ms * _MS


def rank_job(due_ms: int, priority: int) -> int:
    """Place in the line: lowest first, ids break ties. It never changes while a job waits, so none can starve."""
    return due_ms - priority * PRIORITY_STEP_MS


def list_needs(job: Job) -> tuple[str, ...]:
    """All that a worker must offer, the type included, sorted: jobs that agree on it form a pool."""
    return tuple(sorted({f"type={job.type}", *job.needs}))


def name_pool(job: Job) -> str:
    """Jobs of a pool can be done by the same workers and count against the same limit.

    A claim looks at the heads of the pools that it may take from, never through jobs that it may not take.
    """
    return "\n".join((job.limit_key or "", *list_needs(job)))


def read_pool(pool: str) -> tuple[str | None, frozenset[str]]:
    """The limit key and the needs that ``name_pool`` wrote."""
    limit_key, *needs = pool.split("\n")
    return limit_key or None, frozenset(needs)


def read_type(pool: str) -> str:
    """The type that the jobs of a pool share."""
    return next(need.removeprefix("type=") for need in pool.split("\n")[1:] if need.startswith("type="))


def choose_pools(pools: Iterable[str], capabilities: Sequence[str], paused: Iterable[str]) -> list[str]:
    """The pools that a worker with these capabilities may take from."""
    offered = set(capabilities)
    refused = {f"type={name}" for name in paused}
    if "type=*" in refused:
        return []
    chosen = []
    for pool in pools:
        _, needs = read_pool(pool)
        if needs <= offered and refused.isdisjoint(needs):
            chosen.append(pool)
    return chosen


def find_backoff_ms(backoff: Sequence[float], attempt: int) -> int:
    """How long to wait after failed ``attempt`` (1 is the first)."""
    if backoff:
        return round(backoff[min(attempt, len(backoff)) - 1] * 1000)
    return round(min(2.0 ** min(attempt - 1, 30), LONGEST_BACKOFF_S) * 1000)


def read_pause_ms(retry_after: float | None) -> int | None:
    """The pause that a result asks for, a year at most; None when it asks for none that makes sense."""
    if retry_after is None or not retry_after >= 0:
        return None
    return round(min(retry_after, LONGEST_PAUSE_S) * 1000)


def count_starts(limit: Limit, now_ms: int, free_at_us: int) -> int | None:
    """How many jobs the rate lets start now; None for any number.

    The generic cell rate algorithm (ITU-T I.371): ``free_at_us`` is the moment, in microseconds, at which the
    bucket would be empty of debt; ``charge_starts`` moves it on.
    """
    if limit.rate is None:
        return None
    interval, now = round(1_000_000 / limit.rate), now_ms * 1000
    return max(0, (now + limit.burst * interval - max(free_at_us, now)) // interval)


def find_next_start(limit: Limit, free_at_us: int) -> int:
    """The moment, in milliseconds, at which a rate that lets nothing start now lets the next one."""
    assert limit.rate is not None
    return (free_at_us - (limit.burst - 1) * round(1_000_000 / limit.rate)) // 1000 + 1


def charge_starts(limit: Limit, now_ms: int, free_at_us: int, count: int) -> int:
    """The new ``free_at_us`` after ``count`` starts."""
    if limit.rate is None:
        return free_at_us
    return max(free_at_us, now_ms * 1000) + count * round(1_000_000 / limit.rate)


def find_next_firing(cron: str, after: datetime) -> datetime | None:
    """The first moment of a cron expression after ``after``. Raises ``BadCron``."""
    if len(cron.split()) == SECONDLY_FIELDS:
        raise BadCron(
            f"'{cron}' has six fields; seconds are not for schedules. Write five, such as '*/5 * * * *'.", field="cron"
        )
    try:
        return next(CronSim(cron, after.astimezone(UTC)), None)
    except CronSimError as error:
        raise BadCron(
            f"'{cron}' is not a cron expression: {error}. Write five fields, such as '*/5 * * * *'.", field="cron"
        ) from error


def find_last_firing(cron: str, now: datetime) -> datetime:
    """The newest moment of a cron expression at or before ``now``: moments that were missed fire once."""
    return next(CronSim(cron, now.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1), reverse=True))
