"""What may be said of a job beside its type and payload, as options of several commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from cyclopts import Parameter

from gonogo.cli.exits import CannotRun


@Parameter(name="*")
@dataclass(kw_only=True, frozen=True)
class JobDetails:
    """Each field is one of the API's; see ``describe``."""

    priority: Annotated[int, Parameter(help="-9 to 9; a point is worth half a minute of waiting.")] = 0
    max_attempts: Annotated[int, Parameter(help="How often it is tried.")] = 3
    timeout: Annotated[str, Parameter(help="Time for one attempt, such as 30s.")] = "5m"
    backoff: Annotated[
        str | None, Parameter(help="Pauses before the next attempts, such as 5s,1m,10m; the last one repeats.")
    ] = None
    unique_key: Annotated[str | None, Parameter(help="While a live job has this key, another is not taken in.")] = None
    needs: Annotated[
        list[str] | None, Parameter(help="What a worker must offer, such as model=llama3; may be repeated.")
    ] = None
    lane: Annotated[
        str | None, Parameter(help="Jobs of a lane are done one at a time, in the order in which they came.")
    ] = None
    limit_key: Annotated[str | None, Parameter(help="The limit that counts it; see `gonogo jobs limit`.")] = None
    label: Annotated[list[str] | None, Parameter(help="A label as NAME=VALUE; may be repeated.")] = None
    parent: Annotated[str | None, Parameter(help="The id of the job that this one belongs to.")] = None

    def describe(self) -> dict[str, Any]:
        """What the API is told. Raises ``CannotRun``."""
        told: dict[str, Any] = {
            "priority": self.priority,
            "max_attempts": self.max_attempts,
            "timeout": self.timeout,
            "backoff": read_backoff(self.backoff) if self.backoff is not None else None,
            "unique_key": self.unique_key,
            "needs": self.needs,
            "lane": self.lane,
            "limit_key": self.limit_key,
            "labels": read_labels(self.label) if self.label else None,
            "parent": self.parent,
        }
        return {name: value for name, value in told.items() if value is not None}


def read_backoff(text: str) -> list[float]:
    """Seconds of ``5s,1m``. Raises ``CannotRun``."""
    from gonogo.kernel.durations import parse_duration

    try:
        return [parse_duration(word.strip()) for word in text.split(",")]
    except ValueError as error:
        raise CannotRun(f"--backoff is durations with commas between, such as 5s,1m,10m, not '{text}'.") from error


def read_labels(lines: list[str]) -> dict[str, str]:
    """Labels as they were typed. Raises ``CannotRun``."""
    labels = {}
    for line in lines:
        name, equals, value = line.partition("=")
        if not name or not equals:
            raise CannotRun(f"Write a label as NAME=VALUE, not '{line}'.")
        labels[name] = value
    return labels
