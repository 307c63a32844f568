"""Values, spans and instants as a person reads them at a glance."""

from __future__ import annotations

from datetime import UTC, datetime

from gonogo.kernel.signals.units import tell_value
from gonogo.kernel.spans import describe_span, describe_wait

BYTES = (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("KB", 1e3))


def write_value(value: float, unit: str) -> str:
    """A number with its unit; bytes in the unit that keeps it short."""
    if unit == "B":
        for name, factor in BYTES:
            if abs(value) >= factor:
                return tell_value(value / factor, name)
    return tell_value(value, unit)


def write_span(seconds: float) -> str:
    """Seconds as a clock: ``0:07``, ``12:30``, ``1:02:03``, ``3d 1:02:03``."""
    days, whole = divmod(max(0, int(seconds)), 86400)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    if days:
        return f"{days}d {hours}:{minutes:02}:{left:02}"
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def write_took(seconds: float) -> str:
    """How long something took: ``40 ms``, ``1.2 s``, ``3 min 5 s``, ``3 d 3 h``."""
    return describe_span(seconds)


def write_long(seconds: float) -> str:
    """A planned length of time in words: ``30 s``, ``15 min``, ``24 h``, ``7 d``."""
    return describe_span(seconds)


def write_wait(until: str) -> str:
    """A deadline of the server in local time, with its date when it is another day, and what is left."""
    now = datetime.now(UTC)
    return describe_wait(read_instant(until).astimezone(), now)


def write_age(seconds: float) -> str:
    """How long ago: ``3 s ago``, ``5 min ago``."""
    for unit, factor in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= factor:
            return f"{int(seconds // factor)} {unit} ago"
    return f"{int(seconds)} s ago"


def read_instant(text: str) -> datetime:
    """An instant as the server writes it."""
    return datetime.fromisoformat(text)


def write_local(text: str) -> str:
    """An instant of the server in local time, to the second."""
    return read_instant(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def count_since(text: str) -> float:
    """Seconds since an instant of the server."""
    return (datetime.now(UTC) - read_instant(text)).total_seconds()
