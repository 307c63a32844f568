"""What changed in the last hour: one column a minute, and the latest changes in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from gonogo.kernel.clock import format_instant, parse_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.events.event import Event
from gonogo.web.wording import Change, describe_event, merge_repeats, tone_of

MINUTES = 60
LATEST = 8
MOST = 2000
HEIGHT = 64
_UNIT = 6
# People and programs that come and go change nothing.
_VISITS = (".signed_in", "_connected", "_disconnected")
_DOOR = "sign_in."
"""What strangers try at the door is for the audit page."""


class Column(msgspec.Struct, frozen=True):
    """The changes of one minute with one tone, as a bar: ``x`` in per cent, ``y`` and ``height`` in pixels."""

    x: float
    y: float
    height: float
    tone: str
    title: str


class Strip(msgspec.Struct, frozen=True):
    """Everything the time strip shows. ``labels`` go from the left edge to now."""

    total: int
    busiest: str
    columns: tuple[Column, ...]
    grid: tuple[float, ...]
    labels: tuple[str, ...]
    latest: tuple[Change, ...]


def read_changes(tx: Tx, now: datetime) -> list[Event]:
    """The events of the last hour that changed something, newest first, at most ``MOST``."""
    since = format_instant(now - timedelta(minutes=MINUTES))
    events = find_events(tx, since=since, newest_first=True, limit=MOST)
    return [event for event in events if not event.name.endswith(_VISITS) and not event.name.startswith(_DOOR)]


def draw_strip(events: Sequence[Event], now: datetime, room_names: frozenset[str]) -> Strip:
    """The strip of these events (newest first)."""
    start = now - timedelta(minutes=MINUTES)
    piles: dict[int, Counter[str]] = {}
    for event in events:
        minute = int((parse_instant(event.at) - start).total_seconds() // 60)
        piles.setdefault(min(max(minute, 0), MINUTES - 1), Counter())[tone_of(event.name)] += 1
    busiest = max(piles, key=lambda minute: piles[minute].total(), default=0)
    return Strip(
        total=len(events),
        busiest=(start + timedelta(minutes=busiest)).strftime("%H:%M"),
        columns=tuple(column for minute in sorted(piles) for column in _stack(minute, piles[minute], start)),
        grid=tuple(round(100 * tenth / 6, 2) for tenth in range(1, 6)),
        labels=(*((start + timedelta(minutes=10 * tenth)).strftime("%H:%M") for tenth in range(6)), "now"),
        latest=merge_repeats([describe_event(event, room_names) for event in events])[:LATEST],
    )


def _stack(minute: int, pile: Counter[str], start: datetime) -> list[Column]:
    scale = min(_UNIT, (HEIGHT - 4) / pile.total())
    when = (start + timedelta(minutes=minute)).strftime("%H:%M")
    columns: list[Column] = []
    floor = float(HEIGHT)
    for tone, count in sorted(pile.items()):
        height = round(max(count * scale, 3), 1)
        floor -= height
        words = f"{when}: {count} {'change' if count == 1 else 'changes'}"
        columns.append(Column(round(100 * minute / MINUTES, 2), round(floor, 1), height, tone, words))
    return columns
