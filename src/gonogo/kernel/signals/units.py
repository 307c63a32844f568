"""Units as part of a value: what a number counts, and how to bring two of them to the same measure.

Every unit has a dimension and a factor to that dimension's base: seconds, bytes, ratio (1.0 is 100 %), a plain
count, or one of these per second. Named counts (``req/s``) compare with their own name and with a bare ``/s``.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

import msgspec

_SECOND, _MINUTE, _HOUR, _DAY = 1.0, 60.0, 3600.0, 86400.0
_SIMPLE: dict[str, tuple[str, float]] = {
    "": ("count", 1.0),
    "%": ("ratio", 0.01),
    "ratio": ("ratio", 1.0),
    "us": ("time", 1e-6),
    "ms": ("time", 1e-3),
    "s": ("time", _SECOND),
    "m": ("time", _MINUTE),
    "h": ("time", _HOUR),
    "d": ("time", _DAY),
    "B": ("bytes", 1.0),
    "KB": ("bytes", 1e3),
    "MB": ("bytes", 1e6),
    "GB": ("bytes", 1e9),
    "TB": ("bytes", 1e12),
    "KiB": ("bytes", 1024.0),
    "MiB": ("bytes", 1024.0**2),
    "GiB": ("bytes", 1024.0**3),
    "TiB": ("bytes", 1024.0**4),
    "°C": ("temperature", 1.0),
    "USD": ("USD", 1.0),
    "EUR": ("EUR", 1.0),
}
_ALIASES = {
    "µs": "us",
    "μs": "us",
    "sec": "s",
    "secs": "s",
    "min": "m",
    "mins": "m",
    "hr": "h",
    "kB": "KB",
    "kb": "KB",
    "mb": "MB",
    "gb": "GB",
    "bytes": "B",
    "rps": "req/s",
}
_NOUN = re.compile(r"[A-Za-z][A-Za-z_]{0,31}\Z")
_QUANTITY = re.compile(r"([+-]?\d{1,15}(?:\.\d{1,15})?)\s{0,4}(\S{0,40})\Z")
_DURATIONS = (("d", _DAY), ("h", _HOUR), ("m", _MINUTE), ("s", _SECOND), ("ms", 1e-3))


class UnknownUnit(ValueError):
    """The text is no unit known here."""


class UnitMismatch(ValueError):
    """Two values measure unlike things, so neither is larger."""


class Unit(msgspec.Struct, frozen=True):
    """``name`` is the canonical spelling; a value times ``factor`` is in the base unit of ``dimension``."""

    name: str
    dimension: str
    factor: float


class Quantity(msgspec.Struct, frozen=True):
    """A number with its unit, as written: ``200 ms`` is ``Quantity(200, "ms")``."""

    value: float
    unit: str = ""

    def __str__(self) -> str:
        return f"{format_number(self.value)}{space_unit(self.unit)}"


@lru_cache(maxsize=512)
def find_unit(text: str) -> Unit | None:
    """Look a unit up by any accepted spelling: ``ms``, ``%``, ``MiB``, ``/s``, ``req/s``, ``MB/s``."""
    name = _ALIASES.get(text, text)
    if name in _SIMPLE:
        return Unit(name, *_SIMPLE[name])
    top, slash, bottom = name.partition("/")
    return _find_rate(top, _ALIASES.get(bottom, bottom)) if slash else None


def _find_rate(top: str, bottom: str) -> Unit | None:
    dimension, seconds = _SIMPLE.get(bottom, ("", 0.0))
    if dimension != "time":
        return None
    top = _ALIASES.get(top, top)
    if top in _SIMPLE:
        over, factor = _SIMPLE[top]
        return Unit(f"{top}/{bottom}", f"{over}/time", factor / seconds)
    if not _NOUN.match(top):
        return None
    return Unit(f"{top}/{bottom}", f"count/time of {top}", 1.0 / seconds)


def get_unit(text: str) -> Unit:
    """Like :func:`find_unit`, but raises :class:`UnknownUnit` with the way out."""
    unit = find_unit(text)
    if unit is None:
        raise UnknownUnit(f"{text!r} is not a unit; use us ms s m h d, B KB MB GB KiB MiB GiB, %, /s or one like req/s")
    return unit


def are_alike(left: str, right: str) -> bool:
    """Say whether two units measure the same thing and so can be compared."""
    one, other = get_unit(left).dimension, get_unit(right).dimension
    return one == other or ("count/time" in (one, other) and one.startswith("count/") and other.startswith("count/"))


def convert(value: float, source: str, target: str) -> float:
    """Give ``value`` in ``target`` units; raises :class:`UnitMismatch` when the two are unlike."""
    if not are_alike(source, target):
        raise UnitMismatch(f"{name_unit(source)} cannot be compared with {name_unit(target)}")
    one, other = get_unit(source), get_unit(target)
    return value if one.factor == other.factor else value * one.factor / other.factor


def to_base(value: float, unit: str) -> float:
    """Give ``value`` in its dimension's base unit: seconds, bytes, ratio, count, or per second."""
    return value * get_unit(unit).factor


def is_duration(unit: str) -> bool:
    """Say whether the unit measures time."""
    found = find_unit(unit)
    return found is not None and found.dimension == "time"


def name_unit(unit: str) -> str:
    """Name a unit for a sentence: the empty one is a plain number."""
    return unit or "a plain number"


def space_unit(unit: str) -> str:
    """The unit as it follows a number: ``ms`` and ``/s`` stick to it, ``req/s`` stands apart."""
    return f" {unit}" if "/" in unit[1:] else unit


def tell_value(value: float, unit: str) -> str:
    """Write a value for a sentence: four significant digits, no exponent where it can be helped."""
    number = f"{value:.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.4g}"
    return f"{number}{space_unit(unit)}"


def parse_quantity(text: str) -> Quantity:
    """Read ``200ms``, ``95 %`` or ``78``; raises ``ValueError`` (``UnknownUnit`` for the unit)."""
    match = _QUANTITY.match(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a number with a unit; write one like 200ms, 95% or 78")
    return Quantity(float(match[1]), get_unit(match[2]).name)


def format_number(value: float) -> str:
    """Write a number without a needless ``.0``; the text reads back as the same float."""
    return str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 1e15 else repr(value)


def format_duration(seconds: float) -> str:
    """Write seconds with the largest unit that divides them: 600 is ``10m``, 90 is ``90s``."""
    for unit, factor in _DURATIONS:
        count = round(seconds / factor) if math.isfinite(seconds) else 0
        if count and count * factor == seconds:
            return f"{count}{unit}"
    return f"{format_number(seconds)}s"
