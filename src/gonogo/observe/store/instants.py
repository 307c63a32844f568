"""Instants of samples: seconds since the epoch in code, ISO 8601 in the tables."""

from __future__ import annotations

from datetime import UTC, datetime

from gonogo.kernel.clock import format_instant, parse_instant


def write_at(at: int) -> str:
    """Seconds since the epoch as the tables have them."""
    return format_instant(datetime.fromtimestamp(at, UTC))


def read_at(text: str) -> int:
    """Seconds since the epoch of an instant in the tables."""
    return int(parse_instant(text).timestamp())
