"""Jobs as the steps are given them: what the database must know in fields of its own, all else as one text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec

from gonogo.jobs.rules import LEASE_S, PRIORITY_STEP_MS, list_needs, name_pool, read_pause_ms, read_pool, to_ms
from gonogo.jobs.schemas import Job, Limit, Progress, Result

_encoder = msgspec.json.Encoder()


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A job on its way in. Milliseconds, except ``timeout`` in seconds; ``due`` minus ``ahead`` is its rank."""

    id: str
    body: str
    pool: str
    wake: str
    due: int
    ahead: int
    type: str
    most: int
    timeout: float
    span: int
    keep: int
    backoff: list[int] | None = None
    unique: str | None = None
    lane: str | None = None
    limit: str | None = None
    parent: str | None = None
    at: int | None = None
    attempt: int | None = None
    fence: int | None = None
    error: str | None = None


def encode(value: Any) -> bytes:
    """JSON."""
    return _encoder.encode(value)


def write(value: Any) -> str:
    """JSON as text, to be carried through a database that does not look into it."""
    return _encoder.encode(value).decode()


@lru_cache(4096)
def digest_pool(pool: str) -> str:
    """A pool's short name in the database."""
    return blake2b(pool.encode(), digest_size=6).hexdigest()


@lru_cache(4096)
def name_wake(pool: str) -> str:
    """Whom a job of this pool wakes: workers of its type, or only those that know the pool, if it needs more."""
    _, needs = read_pool(pool)
    (only,) = needs if len(needs) == 1 else ("",)
    return only or digest_pool(pool)


def make_record(job: Job, now_ms: int) -> Record:
    """What the database is told of a job."""
    pool = _find_pool(job)
    return Record(
        id=job.id,
        body=write(job),
        pool=digest_pool(pool),
        wake=name_wake(pool),
        due=now_ms if job.due is None else max(now_ms, to_ms(job.due)),
        ahead=job.priority * PRIORITY_STEP_MS,
        type=job.type,
        most=job.max_attempts,
        timeout=job.timeout_s,
        span=round((job.timeout_s + LEASE_S) * 1000),
        keep=round(job.keep_s * 1000),
        backoff=[round(pause * 1000) for pause in job.backoff] or None,
        unique=job.unique_key,
        lane=job.lane,
        limit=job.limit_key,
        parent=job.parent,
    )


def name_pools(jobs: Iterable[Job]) -> dict[str, str]:
    """Every pool of these jobs, by its short name."""
    return {digest_pool(pool): pool for pool in {_find_pool(job) for job in jobs}}


def _find_pool(job: Job) -> str:
    return _plain_pool(job.type) if not job.needs and job.limit_key is None else name_pool(job)


@lru_cache(4096)
def _plain_pool(type: str) -> str:
    return "\n".join(("", *list_needs(Job(type=type))))


def tell_result(result: Result) -> dict[str, Any]:
    """How an attempt ended, as a step is told it."""
    told: dict[str, Any] = {"id": result.id, "fence": result.fence, "outcome": result.outcome}
    if result.value is not None:
        told["value"] = write(result.value)
    if result.error:
        told["error"] = write(result.error)
    if (pause := read_pause_ms(result.retry_after)) is not None:
        told["after"] = pause
    if result.lines:
        told["lines"] = [write(line) for line in result.lines]
    return told


def tell_progress(progress: Progress) -> dict[str, Any]:
    """How far a job is, as a step is told it."""
    told: dict[str, Any] = {"id": progress.id, "fence": progress.fence}
    if progress.fraction is not None:
        told["fraction"] = write(progress.fraction)
    if progress.message:
        told["message"] = write(progress.message)
    if progress.lines:
        told["lines"] = [write(line) for line in progress.lines]
    return told


def tell_limit(limit: Limit) -> dict[str, Any]:
    """A limit, as a step is told it; ``interval`` is microseconds between two starts."""
    told: dict[str, Any] = {"key": limit.key, "burst": limit.burst, "text": write(limit)}
    if limit.concurrency is not None:
        told["concurrency"] = limit.concurrency
    if limit.rate is not None:
        told["interval"] = round(1_000_000 / limit.rate)
    return told
