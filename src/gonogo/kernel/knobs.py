"""Knobs: numbers that a room works by and that people may turn while it runs.

A room declares its knobs in its manifest and reads them each time it needs one. The environment says where a knob
stands at the start; the room of settings makes it a setting of the same name once somebody turns it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from gonogo.kernel.config import ConfigError


class KnobNotFound(LookupError):
    """No room has declared a knob of this name."""


class Knob(msgspec.Struct, frozen=True, kw_only=True):
    """One number with its bounds. ``variable`` is the environment variable that sets where it starts."""

    name: str
    variable: str
    default: float
    description: str
    min: float
    max: float
    unit: str = ""


class Knobs:
    """Every declared knob and where it stands. Reading is a look into a table."""

    def __init__(self, declared: Iterable[Knob] = (), environ: Mapping[str, str] | None = None) -> None:
        self._knobs = {knob.name: knob for knob in declared}
        self._starts = {knob.name: _read_start(knob, environ or {}) for knob in self._knobs.values()}
        self._values = dict(self._starts)

    def __getitem__(self, name: str) -> float:
        """Where the knob stands now. Raises ``KnobNotFound``."""
        try:
            return self._values[name]
        except KeyError:
            raise KnobNotFound(f"no room has declared a knob {name!r}") from None

    def __iter__(self) -> Iterator[Knob]:
        return iter(self._knobs.values())

    def __contains__(self, name: object) -> bool:
        return name in self._knobs

    def find(self, name: str) -> Knob | None:
        """The declaration of this name."""
        return self._knobs.get(name)

    def get_start(self, name: str) -> float:
        """Where the knob stands when nobody has turned it: by the environment, or its default."""
        return self._starts[name]

    def turn(self, name: str, value: float) -> None:
        """Let the knob stand at ``value`` from now on; who calls has checked the bounds. Raises ``KnobNotFound``."""
        if name not in self._knobs:
            raise KnobNotFound(f"no room has declared a knob {name!r}")
        self._values[name] = float(value)


def _read_start(knob: Knob, environ: Mapping[str, str]) -> float:
    text = environ.get(knob.variable, "").strip()
    if not text:
        return knob.default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not knob.min <= value <= knob.max:
        raise ConfigError(
            f"{knob.variable} can't be {text!r}: it is a number from {knob.min:g} to {knob.max:g}"
            f"{f' ({knob.unit})' if knob.unit else ''}. Mend it, or unset it for {knob.default:g}."
        )
    return value
