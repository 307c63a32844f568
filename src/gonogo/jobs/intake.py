"""Reading jobs from requests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gonogo.jobs.errors import BadJob
from gonogo.jobs.schemas import Job, Schedule, Seconds
from gonogo.kernel.phrasing import in_words, phrase_fault
from gonogo.kernel.signals.units import parse_duration

MOST_JOBS = 1000
MOST_PAYLOAD = 256 * 1024
Key = Annotated[str, Meta(max_length=200, pattern=in_words(r"^[^\n]+$", "one line that is not empty"))]
TYPE = in_words(r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$", "letters, digits and . _ : / - beginning with a letter or digit")
ID = in_words(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "a UUID in small letters")


class NewJob(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A job as a request describes it; see ``Job``. ``timeout`` is seconds or a duration such as ``"5m"``."""

    type: Annotated[str, Meta(pattern=TYPE, max_length=200)]
    payload: Any = {}
    id: Annotated[str, Meta(pattern=ID)] | None = None
    priority: Annotated[int, Meta(ge=-9, le=9)] = 0
    due: datetime | None = None
    max_attempts: Annotated[int, Meta(ge=1, le=1000)] = 3
    backoff: tuple[Seconds, ...] = ()
    timeout: float | str = 300.0
    unique_key: Key | None = None
    needs: tuple[Key, ...] = ()
    parent: Annotated[str, Meta(max_length=36)] | None = None
    labels: dict[str, str] = {}
    lane: Key | None = None
    limit_key: Key | None = None


class NewJobs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Many jobs, taken in all or none."""

    jobs: Annotated[list[NewJob], Meta(min_length=1, max_length=MOST_JOBS)]


class NewSchedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cron expression (five fields, UTC) and the job that it makes."""

    cron: str
    job: NewJob
    enabled: bool = True


def read_jobs(document: dict[str, Any]) -> list[Job]:
    """The jobs of a request: one object, or ``{"jobs": [...]}``. Raises ``BadJob`` naming the field."""
    if "jobs" in document:
        return [read_job(new, f"jobs[{place}].") for place, new in enumerate(_convert(document, NewJobs).jobs)]
    return [read_job(_convert(document, NewJob))]


def read_job(new: NewJob, where: str = "") -> Job:
    """The job that a request describes. Raises ``BadJob``."""
    if any(need.startswith("type=") for need in new.needs):
        raise BadJob("'needs' can't name a type: a job's type is always needed.", field=f"{where}needs")
    if len(msgspec.json.encode(new.payload)) > MOST_PAYLOAD:
        limit = MOST_PAYLOAD // 1024
        raise BadJob(
            f"The payload is larger than {limit} kB. Store it elsewhere and name it here.", field=f"{where}payload"
        )
    given = {name: getattr(new, name) for name in NewJob.__struct_fields__ if name not in ("id", "timeout", "due")}
    if new.id is not None:
        given["id"] = new.id
    due = new.due.replace(tzinfo=UTC) if new.due is not None and new.due.tzinfo is None else new.due
    return _check(Job(**given, due=due, timeout_s=_read_timeout(new.timeout, where)), where)


def read_schedule(name: str, new: NewSchedule) -> Schedule:
    """The schedule that a request describes. Raises ``BadJob``."""
    schedule = Schedule(name=name, cron=new.cron, job=read_job(new.job, "job."), enabled=new.enabled)
    try:
        return msgspec.convert(schedule, Schedule, from_attributes=True)
    except msgspec.ValidationError as error:
        raise BadJob(f"The schedule breaks a rule: {error}.") from error


def _check(job: Job, where: str) -> Job:
    try:
        return msgspec.convert(msgspec.to_builtins(job), Job)
    except msgspec.ValidationError as error:
        raise BadJob(f"The job breaks a rule: {error}.", field=where.rstrip(".") or None) from error


def _read_timeout(timeout: float | str, where: str) -> float:
    if not isinstance(timeout, str):
        return float(timeout)
    try:
        return parse_duration(timeout)
    except ValueError as error:
        raise BadJob(
            f"'timeout': '{timeout}' is not a duration. Write '30s' or '5m'.", field=f"{where}timeout"
        ) from error


def _convert(document: dict[str, Any], kind: Any) -> Any:
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        told, _, path = str(error).partition(" - at `$")
        field = path.rstrip("`").lstrip(".")
        where = f"'{field}': " if field else ""
        raise BadJob(f"{where}{phrase_fault(told)}.", field=field or None) from error
