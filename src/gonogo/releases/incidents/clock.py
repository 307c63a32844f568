"""``[incidents]`` of gonogo.toml: what opens an incident by itself, and what is due how long after. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from gonogo.kernel.config import ConfigError
from gonogo.kernel.durations import parse_duration
from gonogo.kernel.signals import format_duration

Ending = Literal["rollback", "no_go"]

_REMIND_S = 300.0
_SHORTEST_REMIND_S = 30.0


class ClockStep(msgspec.Struct, frozen=True):
    """Something to do within ``after_s`` of the incident; ``who`` is a role of ``[roles]``, or a name."""

    after_s: float
    what: str
    who: str = ""

    @property
    def name(self) -> str:
        """When it is due, in a word: ``10m``."""
        return format_duration(self.after_s)


class IncidentClock(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of every incident; which ends of a release open one; how often a step that is late is called again."""

    steps: tuple[ClockStep, ...] = ()
    open_on: tuple[Ending, ...] = ()
    remind_s: float = _REMIND_S

    def opens_on(self, ending: Ending) -> bool:
        """Whether a release that ends so opens an incident."""
        return ending in self.open_on


class _Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    after: str
    what: str
    who: str = ""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    steps: tuple[_Step, ...] = ()
    open_on: tuple[Ending, ...] | None = None
    remind: str | None = None


def read_clock(tables: Mapping[str, Any]) -> IncidentClock:
    """The clock as configured; without ``[incidents]`` nothing opens by itself. Raises ConfigError.

    With steps, a rollback opens an incident unless ``open_on`` says otherwise.
    """
    try:
        table = msgspec.convert(tables.get("incidents", {}), _Table)
        steps = tuple(ClockStep(parse_duration(step.after), _read_text(step.what), step.who) for step in table.steps)
        remind_s = parse_duration(table.remind) if table.remind is not None else _REMIND_S
    except (msgspec.ValidationError, ValueError) as error:
        raise ConfigError(f"[incidents] in gonogo.toml: {error}") from error
    open_on: tuple[Ending, ...] = ("rollback",) if steps else ()
    return IncidentClock(
        steps=tuple(sorted(steps, key=lambda step: step.after_s)),
        open_on=open_on if table.open_on is None else table.open_on,
        remind_s=max(remind_s, _SHORTEST_REMIND_S),
    )


def _read_text(what: str) -> str:
    if not what.strip():
        raise ValueError("'what' says what has to be done.")
    return what.strip()
