"""Durations that are written for Gonogo to read: in options, annotations, settings, expressions and files."""

from __future__ import annotations

import re

_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_SPELLINGS = {
    "us": ("µs", "μs"),
    "s": ("sec", "secs", "second", "seconds"),
    "m": ("min", "mins", "minute", "minutes"),
    "h": ("hr", "hrs", "hour", "hours"),
    "d": ("day", "days"),
    "w": ("week", "weeks"),
}
_FACTORS = _SECONDS | {word: _SECONDS[unit] for unit, words in _SPELLINGS.items() for word in words}
_UNITS = "|".join(sorted(_FACTORS, key=len, reverse=True))
_PART = re.compile(rf"\s{{0,4}}(\d{{1,15}}(?:\.\d{{1,15}})?)\s{{0,4}}({_UNITS})(?![a-zµμ])")
_MOST_PARTS = len(_SECONDS)


def parse_duration(text: str) -> float:
    """Seconds of ``500ms``, ``30s``, ``1h30m``, ``2d`` or ``15 minutes``. Raises ``ValueError``.

    Several parts go from the largest unit to the smallest, each once.
    """
    rest, total, before = text.strip(), 0.0, float("inf")
    for _ in range(_MOST_PARTS):
        match = _PART.match(rest)
        factor = _FACTORS[match[2]] if match else before
        if match is None or factor >= before:
            break
        total, before, rest = total + float(match[1]) * factor, factor, rest[match.end() :]
        if not rest:
            return total
    raise ValueError(f"{text!r} is not a duration; write one like 30s, 15m, 1h30m or 24h")
