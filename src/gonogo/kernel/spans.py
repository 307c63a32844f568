"""Lengths of time and deadlines as people read them, the same in terminal, page and report."""

from __future__ import annotations

from datetime import datetime

_DAY, _HOUR, _MINUTE = 86400, 3600, 60
_DAYS_FROM = 2 * _DAY


def describe_span(seconds: float) -> str:
    """A length of time in its two largest units.

    Example: ``84 ms``, ``2.4 s``, ``3 min 10 s``, ``24 h``, ``3 d 3 h``
    """
    if seconds < 1:
        return f"{max(0.0, seconds) * 1000:.0f} ms"
    if seconds < _MINUTE:
        return f"{seconds:.1f}".rstrip("0").rstrip(".") + " s"
    whole = int(seconds)
    if whole < _HOUR:
        return _join(whole, _MINUTE, "min", 1, "s")
    if whole < _DAYS_FROM:
        return _join(whole, _HOUR, "h", _MINUTE, "min")
    return _join(whole, _DAY, "d", _HOUR, "h")


def describe_deadline(until: datetime, now: datetime) -> str:
    """The time of day of ``until`` in its own time zone, with the date when that is another day than today.

    Example: ``14:17 UTC``, ``Tue 1 Dec 14:17 UTC``
    """
    zone = until.tzname() or ""
    clock = f"{until:%H:%M} {zone}".rstrip()
    today = now.astimezone(until.tzinfo).date()
    return clock if until.date() == today else f"{until:%a} {until.day} {until:%b} {clock}"


def describe_wait(until: datetime, now: datetime) -> str:
    """A deadline with what is left: ``until Tue 1 Dec 14:17 UTC (23 h 59 min left)``."""
    left = (until - now).total_seconds()
    rest = f"{describe_span(left)} left" if left > 0 else "over"
    return f"until {describe_deadline(until, now)} ({rest})"


def _join(seconds: int, big: int, big_name: str, small: int, small_name: str) -> str:
    whole, rest = divmod(seconds, big)
    left = rest // small
    return f"{whole} {big_name} {left} {small_name}" if left else f"{whole} {big_name}"
