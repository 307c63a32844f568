"""How values look to a reader: states, clocks, moments, sizes. Pure functions, used as template filters."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec

from gonogo.kernel.clock import format_instant, parse_instant
from gonogo.kernel.spans import describe_deadline, describe_span


class Look(msgspec.Struct, frozen=True):
    """A state as a reader sees it: a colour (``tone``), a shape (``icon``) and a ``word``."""

    tone: str
    icon: str
    word: str


_LOOKS = {
    "go": Look("go", "go", "GO"),
    "passed": Look("go", "go", "PASSED"),
    "done": Look("go", "check", "DONE"),
    "no_go": Look("nogo", "nogo", "NO-GO"),
    "failed": Look("nogo", "nogo", "FAILED"),
    "hold": Look("hold", "hold", "HOLD"),
    "needs_person": Look("hold", "person", "WAITS FOR A PERSON"),
    "undecided": Look("hold", "unknown", "UNDECIDED"),
    "unknown": Look("hold", "unknown", "UNKNOWN"),
    "rolling_back": Look("hold", "rollback", "ROLLING BACK"),
    "rolled_back": Look("quiet", "rollback", "ROLLED BACK"),
    "running": Look("run", "running", "RUNNING"),
    "waiting": Look("run", "wait", "WAITING"),
    "chosen": Look("run", "play", "CHOSEN"),
    "new": Look("quiet", "waiting", "NEW"),
    "open": Look("quiet", "waiting", "TO DO"),
    "ask": Look("hold", "play", "ASKS FIRST"),
    "never": Look("quiet", "lock", "NEVER RUN"),
    "skipped": Look("quiet", "skipped", "SKIPPED"),
    "stopped": Look("quiet", "nogo", "STOPPED"),
    "refused": Look("quiet", "nogo", "REFUSED"),
    "info": Look("quiet", "info", "TO READ"),
    "no_data": Look("quiet", "no-data", "NO DATA"),
    "stale": Look("hold", "stale", "STALE"),
}

_SPANS = ((60, 1, "s"), (3600, 60, "min"), (86400, 3600, "h"), (float("inf"), 86400, "d"))

_QUIET = Look("quiet", "unknown", "UNKNOWN")


def look(state: str) -> Look:
    """The look of a state; one that nobody described keeps its own word and a neutral shape."""
    return _LOOKS.get(state) or msgspec.structs.replace(_QUIET, word=state.replace("_", " ").upper())


Moment = datetime | str
"""A point in time: aware, or as the database keeps it."""


def at(moment: Moment) -> datetime:
    """The moment as an aware UTC datetime."""
    return (parse_instant(moment) if isinstance(moment, str) else moment).astimezone(UTC)


def iso(moment: Moment) -> str:
    """ISO 8601 in UTC with ``Z``, to the millisecond: what the page's clocks read."""
    return format_instant(at(moment))


def exact(moment: Moment) -> str:
    """The moment in full, for hovering: ``2026-03-02 14:05:09 UTC``."""
    return at(moment).strftime("%Y-%m-%d %H:%M:%S UTC")


def utc(moment: Moment) -> str:
    """The time of day: ``14:05:09 UTC``."""
    return at(moment).strftime("%H:%M:%S UTC")


def ago(moment: Moment, now: datetime) -> str:
    """How long ago (or how soon) in one unit: ``just now``, ``4 min ago``, ``in 3 h``."""
    seconds = (now - at(moment)).total_seconds()
    size = abs(seconds)
    if size < 5:
        return "just now"
    unit, name = next((unit, name) for limit, unit, name in _SPANS if size < limit)
    words = f"{int(size // unit)} {name}"
    return f"{words} ago" if seconds > 0 else f"in {words}"


def clock(span: timedelta | float | None) -> str:
    """A running clock: ``04:31``, ``1:04:31``, ``2d 01:04:31``; below zero counts as zero."""
    if span is None:
        return "–"
    seconds = span.total_seconds() if isinstance(span, timedelta) else span
    total = max(0, int(seconds))
    days, rest = divmod(total, 86400)
    hours, minutes, left = rest // 3600, rest % 3600 // 60, rest % 60
    if days:
        return f"{days}d {hours:02}:{minutes:02}:{left:02}"
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes:02}:{left:02}"


def duration(seconds: float | None) -> str:
    """A measured duration in the unit that suits it: ``84 ms``, ``2.4 s``, ``3 min 10 s``, ``24 h``."""
    return "–" if seconds is None else describe_span(seconds)


def deadline(moment: Moment, now: datetime) -> str:
    """The time of day, with the date when that is another day: ``14:17 UTC``, ``Tue 1 Dec 14:17 UTC``."""
    return describe_deadline(at(moment), now)


_SIZES = ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))


def size(count: float | None) -> str:
    """Bytes in the unit that suits them: ``512 B``, ``4.2 MiB``."""
    if count is None:
        return "–"
    unit, name = next(((unit, name) for unit, name in _SIZES if count >= unit), (1, "B"))
    value = count / unit
    return f"{value:.1f} {name}" if value < 10 and unit > 1 else f"{value:.0f} {name}"


def initials(name: str) -> str:
    """Up to two letters for a person's disc."""
    words = re.findall(r"[^\W_]+", name.partition("@")[0])
    letters = (words[0][0] + words[1][0]) if len(words) > 1 else name[:2]
    return letters.upper()


FILTERS = {
    "at": at,
    "look": look,
    "iso": iso,
    "exact": exact,
    "utc": utc,
    "ago": ago,
    "clock": clock,
    "duration": duration,
    "deadline": deadline,
    "size": size,
    "initials": initials,
}
