"""Reading jobs from requests."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from gonogo.jobs.errors import BadJob
from gonogo.jobs.schemas import Job, Line, Schedule, Seconds
from gonogo.kernel.durations import parse_duration
from gonogo.kernel.phrasing import in_words, phrase_fault

T = TypeVar("T")
MOST_JOBS = 1000
MOST_PAYLOAD = 256 * 1024
DEEPEST_PAYLOAD = 100
"""Brackets within brackets: every reader of a job must be able to follow."""
LONGEST_TIMEOUT_S = 7 * 86400.0
Value = Annotated[str, Meta(max_length=2000, pattern=in_words(r"^[^\x00]*$", "text without NUL"))]
TYPE = in_words(r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$", "letters, digits and . _ : / - beginning with a letter or digit")
ID = in_words(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "a UUID in small letters")

_NAMED = re.compile(r"(?:unknown|required) field `([^`]+)`")
"""A fault of an object as a whole names the field in its message only."""


class NewJob(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A job as a request describes it; see ``Job``. ``timeout`` is seconds or a duration such as ``"5m"``."""

    type: Annotated[str, Meta(pattern=TYPE, max_length=200)]
    payload: Any = {}
    id: Annotated[str, Meta(pattern=ID)] | None = None
    priority: Annotated[int, Meta(ge=-9, le=9)] = 0
    due: datetime | None = None
    max_attempts: Annotated[int, Meta(ge=1, le=1000)] = 3
    backoff: Annotated[tuple[Seconds, ...], Meta(max_length=100)] = ()
    timeout: float | str = 300.0
    unique_key: Line | None = None
    needs: Annotated[tuple[Line, ...], Meta(max_length=50)] = ()
    parent: Annotated[str, Meta(pattern=ID)] | None = None
    labels: Annotated[dict[Line, Value], Meta(max_length=50)] = {}
    lane: Line | None = None
    limit_key: Line | None = None


class NewJobs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Many jobs, taken in all or none."""

    jobs: Annotated[list[NewJob], Meta(min_length=1, max_length=MOST_JOBS)]


class NewSchedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cron expression (five fields, UTC) and the job that it makes."""

    cron: Annotated[str, Meta(max_length=200)]
    job: NewJob
    enabled: bool = True


class ScheduleName(msgspec.Struct, frozen=True):
    """A schedule's name, as its address has it."""

    name: Line


def read_jobs(document: dict[str, Any]) -> list[Job]:
    """The jobs of a request: one object, or ``{"jobs": [...]}``. Raises ``BadJob`` naming the field."""
    if "jobs" in document:
        return [read_job(new, f"jobs[{place}].") for place, new in enumerate(_convert(document, NewJobs).jobs)]
    return [read_job(_convert(document, NewJob))]


def read_job(new: NewJob, where: str = "") -> Job:
    """The job that a request describes. Raises ``BadJob``."""
    if any(need.startswith("type=") for need in new.needs):
        raise BadJob("'needs' can't name a type: a job's type is always needed.", field=f"{where}needs")
    _check_payload(new.payload, where)
    given = {name: getattr(new, name) for name in NewJob.__struct_fields__ if name not in ("id", "timeout", "due")}
    if new.id is not None:
        given["id"] = new.id
    return Job(**given, due=_read_due(new.due, where), timeout_s=_read_timeout(new.timeout, where))


def read_schedule(name: str, new: NewSchedule) -> Schedule:
    """The schedule that a request describes. Raises ``BadJob``."""
    for field in ("id", "due"):
        if getattr(new.job, field) is not None:
            raise BadJob(f"'job.{field}': every firing makes a job of its own. Leave it out.", field=f"job.{field}")
    named = _convert({"name": name}, ScheduleName).name
    return Schedule(name=named, cron=new.cron, job=read_job(new.job, "job."), enabled=new.enabled)


def _check_payload(payload: Any, where: str) -> None:
    try:
        encoded = msgspec.json.encode(payload)
        deep = encoded.count(b"[") + encoded.count(b"{") > DEEPEST_PAYLOAD and _measure_depth(payload) > DEEPEST_PAYLOAD
    except RecursionError:
        encoded, deep = b"", True
    if deep:
        raise BadJob(
            f"'{where}payload' is nested deeper than {DEEPEST_PAYLOAD} levels. Flatten it, or send it as a string.",
            field=f"{where}payload",
        )
    if len(encoded) > MOST_PAYLOAD:
        raise BadJob(
            f"'{where}payload' is larger than {MOST_PAYLOAD // 1024} kB. Store it elsewhere and name it here.",
            field=f"{where}payload",
        )


def _measure_depth(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(_measure_depth, inside), default=0)


def _read_due(due: datetime | None, where: str) -> datetime | None:
    if due is None or due.tzinfo is None:
        return due and due.replace(tzinfo=UTC)
    try:
        return due.astimezone(UTC)
    except OverflowError as error:
        raise BadJob(f"'{where}due' is outside the years 1 to 9999 in UTC.", field=f"{where}due") from error


def _read_timeout(timeout: float | str, where: str) -> float:
    try:
        seconds = parse_duration(timeout) if isinstance(timeout, str) else float(timeout)
    except ValueError as error:
        raise BadJob(
            f"'{where}timeout': '{timeout}' is not a duration. Write '30s' or '5m'.", field=f"{where}timeout"
        ) from error
    if not 0 < seconds <= LONGEST_TIMEOUT_S:
        raise BadJob(f"'{where}timeout' is more than 0 and at most 7 days, not {timeout}.", field=f"{where}timeout")
    return seconds


def _convert(document: dict[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        told, _, path = str(error).partition(" - at `$")
        path = path.rstrip("`").lstrip(".")
        named = _NAMED.search(told)
        field = ".".join(filter(None, (path, named and named[1]))).replace("[...]", "")
        where = f"'{field}': " if field else ""
        raise BadJob(f"{where}{phrase_fault(told, kind, path)}.", field=field or None) from error
