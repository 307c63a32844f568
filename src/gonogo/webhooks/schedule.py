"""When a delivery is tried again, and when an endpoint has failed for too long. Pure; all spans in seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

RETRIES_S = (5, 300, 1800, 7200, 18000, 36000, 50400)
"""Waits after each failed attempt: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h. After the last the delivery has failed."""
MOST_ATTEMPTS = len(RETRIES_S) + 1
JITTER = 0.1
LONGEST_WAIT_S = 86400.0
"""The most that a Retry-After can ask for."""
DISABLE_AFTER = timedelta(days=5)
WARN_AT = (50, 70, 90)
"""Percent of ``DISABLE_AFTER`` at which people are warned."""
QUIET = timedelta(days=1)
"""Failures further apart than this do not add up: nobody knows how it was in between."""


def wait_after(attempts: int, retry_after_s: float | None, chance: float) -> float | None:
    """Seconds to wait after so many failed attempts; None when it was the last. ``chance`` (0 to 1) spreads them."""
    if attempts > len(RETRIES_S):
        return None
    planned = RETRIES_S[attempts - 1] * (1 + JITTER * chance)
    return max(planned, min(retry_after_s or 0.0, LONGEST_WAIT_S))


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a ``Retry-After`` header asks for: a number or an HTTP date; None for anything else."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


def begin_failing(failing_since: datetime | None, last_failed: datetime | None, now: datetime) -> datetime:
    """Since when an endpoint that fails now has failed without a break."""
    if failing_since is None or last_failed is None or now - last_failed > QUIET:
        return now
    return failing_since


def find_warning(failing_since: datetime, now: datetime, warned: int) -> int | None:
    """The highest of ``WARN_AT`` that was reached since the last warning; 100 when it is to be disabled."""
    percent = 100 * ((now - failing_since) / DISABLE_AFTER)
    if percent >= 100:
        return 100
    return max((mark for mark in WARN_AT if warned < mark <= percent), default=None)
