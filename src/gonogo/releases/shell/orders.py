"""What the server asks the launcher of a run for, and what it hears back. One line of JSON each."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Ending = Literal["ended", "timed_out", "interrupted"]


@dataclass(frozen=True)
class Order:
    """One attempt at one command. ``prefix`` is the path that all its files begin with."""

    argv: tuple[str, ...]
    environment: dict[str, str]
    prefix: str
    mark: str
    timeout_s: float
    grace_s: float
    ended_folder: str
    variables: tuple[str, ...] = ()
    """Files with the variables whose secret values are masked."""
    is_far: bool = False
    """Whether its process ids are another machine's."""
    marker: str = ""
    """Where a shell elsewhere says that the output ends and its state begins; empty for a shell with files here."""


@dataclass(frozen=True)
class Report:
    """How a command ended. ``totals`` count what it wrote, ``sizes`` what is kept of that."""

    code: int
    ending: Ending
    duration_s: float
    sizes: tuple[int, int] = (0, 0)
    totals: tuple[int, int] = (0, 0)
    failure: str = ""
    jobs: dict[str, int] = field(default_factory=dict)


def read_order(data: dict[str, Any]) -> Order:
    """The order in a line."""
    return Order(**{**data, "argv": tuple(data["argv"]), "variables": tuple(data["variables"])})


def read_report(data: dict[str, Any]) -> Report:
    """The report in a line."""
    return Report(**{**data, "sizes": tuple(data["sizes"]), "totals": tuple(data["totals"])})


def write_fields(value: Order | Report) -> dict[str, Any]:
    """An order or a report as JSON has it."""
    return asdict(value)
