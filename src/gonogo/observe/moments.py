"""Moments as people write them in addresses: an instant, seconds since the epoch, or a duration ago."""

from __future__ import annotations

import re
from datetime import UTC

from gonogo.kernel.clock import parse_instant
from gonogo.kernel.durations import parse_duration
from gonogo.observe.errors import BadMoment

_SECONDS = re.compile(r"\d{9,11}(\.\d{1,6})?\Z")
_LAST = 1 << 34


def read_moment(text: str, now: float, field: str) -> int:
    """Seconds since the epoch. ``24h`` is that long ago, ``now`` is now. Raises ``BadMoment``."""
    try:
        at = _read(text.strip(), now)
    except (ValueError, OverflowError) as error:
        raise BadMoment(
            f"'{field}' can't be '{text}'. Write an instant such as 2026-01-31T12:00:00Z, seconds since the epoch, "
            "or how long ago, such as 24h.",
            field=field,
        ) from error
    if not 0 <= at <= _LAST:
        raise BadMoment(f"'{field}' lies outside of what is kept.", field=field)
    return int(at)


def _read(text: str, now: float) -> float:
    if text == "now":
        return now
    if _SECONDS.match(text):
        return float(text)
    if text[:4].isdigit() and text[4:5] == "-":
        moment = parse_instant(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return now - parse_duration(text)
