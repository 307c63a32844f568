"""Values, spans and instants as a person reads them at a glance."""

from __future__ import annotations

from datetime import UTC, datetime

from gonogo.kernel.signals.units import tell_value

BYTES = (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("KB", 1e3))


def write_value(value: float, unit: str) -> str:
    """A number with its unit; bytes in the unit that keeps it short."""
    if unit == "B":
        for name, factor in BYTES:
            if abs(value) >= factor:
                return tell_value(value / factor, name)
    return tell_value(value, unit)


def write_span(seconds: float) -> str:
    """Seconds as a clock: ``0:07``, ``12:30``, ``1:02:03``."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def write_took(seconds: float) -> str:
    """How long something took: ``40 ms``, ``1.2 s``, ``3 min 05 s``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes} min {left:02} s"


def write_long(seconds: float) -> str:
    """A planned length of time in words: ``30 s``, ``15 min``, ``24 h``, ``7 d``."""
    for unit, size, least in (("d", 86400, 2), ("h", 3600, 1), ("min", 60, 1)):
        if seconds >= size * least and seconds % size == 0:
            return f"{int(seconds // size)} {unit}"
    return f"{seconds:g} s"


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
