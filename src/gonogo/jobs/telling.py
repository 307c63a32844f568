"""What workers and readers are told of a job, the same from every backend. Moments come in milliseconds."""

from __future__ import annotations

from typing import Any

import msgspec

from gonogo.jobs.rules import from_ms
from gonogo.jobs.schemas import Claim, Job, JobView, State


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a job stands."""

    state: State
    due: int
    at: int
    attempt: int
    fence: int
    worker: str | None = None
    started: int | None = None
    ended: int | None = None
    fraction: float | None = None
    message: str = ""
    value: Any = None
    error: str = ""


def tell_claim(job: Job, fence: int, attempt: int) -> Claim:
    """What a worker is handed."""
    return Claim(
        id=job.id,
        fence=fence,
        attempt=attempt,
        type=job.type,
        payload=job.payload,
        max_attempts=job.max_attempts,
        timeout_s=job.timeout_s,
        needs=job.needs,
        parent=job.parent,
        labels=job.labels,
    )


def tell_job(job: Job, stands: Standing) -> JobView:
    """What a reader is shown."""
    return JobView(
        id=job.id,
        author=job.author,
        type=job.type,
        state=stands.state,
        payload=job.payload,
        priority=job.priority,
        due=from_ms(stands.due),
        attempt=stands.attempt,
        max_attempts=job.max_attempts,
        timeout_s=job.timeout_s,
        fence=stands.fence,
        at=from_ms(stands.at),
        unique_key=job.unique_key,
        needs=job.needs,
        parent=job.parent,
        labels=job.labels,
        lane=job.lane,
        limit_key=job.limit_key,
        worker=stands.worker,
        started_at=None if stands.started is None else from_ms(stands.started),
        ended_at=None if stands.ended is None else from_ms(stands.ended),
        fraction=stands.fraction,
        message=stands.message,
        value=stands.value,
        error=stands.error,
    )
