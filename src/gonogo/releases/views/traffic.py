"""The requests of a release's own load, second by second, and the moments at which traffic moved meanwhile. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from gonogo.kernel.clock import parse_instant
from gonogo.kernel.events.event import Event
from gonogo.releases.actions.load.loads import Load

MOVED = ("service.swapped", "service.rolled_back")
DRAWN = 600
"""Seconds of a load that are drawn, the newest."""
_SECOND = timedelta(seconds=1)


class Mark(msgspec.Struct, frozen=True):
    """A moment at which traffic moved, in seconds since the epoch, and who moved from what to what."""

    at: float
    text: str


class Second(msgspec.Struct, frozen=True):
    """One row for who reads a table; ``moved`` says what moved within it."""

    at: datetime
    requests: int
    failed: int
    moved: str


class Traffic(msgspec.Struct, frozen=True, kw_only=True):
    """One load: its seconds, oldest first, the sums over all of it, and what moved under it."""

    name: str
    is_under_way: bool
    sent: int
    failed: int
    seconds: tuple[Second, ...]
    marks: tuple[Mark, ...]

    @property
    def json(self) -> str:
        """What the chart draws, as JSON for an attribute."""
        lines = {"requests/s": ("accent", "requests"), "failed/s": ("nogo", "failed")}
        drawn = {
            "times": [second.at.timestamp() for second in self.seconds],
            "series": [
                {"unit": unit, "tone": tone, "values": [getattr(second, field) for second in self.seconds]}
                for unit, (tone, field) in lines.items()
            ],
            "marks": self.marks,
        }
        return msgspec.json.encode(drawn).decode()


def draw_traffic(loads: Sequence[Load], moves: Sequence[Event]) -> Traffic | None:
    """The load under way, else the last one under which traffic moved, else the last; None without a number."""
    drawn = [(load, _list_marks(load, moves)) for load in loads if load.moments]
    if not drawn:
        return None
    load, marks = max(drawn, key=lambda pair: (pair[0].is_under_way, bool(pair[1]), pair[0].began))
    return Traffic(
        name=load.name,
        is_under_way=load.is_under_way,
        sent=load.sent,
        failed=load.failed,
        seconds=_list_seconds(load, marks),
        marks=marks,
    )


def _list_marks(load: Load, moves: Sequence[Event]) -> tuple[Mark, ...]:
    # While it goes on, the second in which something moved may not have been told yet.
    last = load.moments[-1].at + (_SECOND if load.is_under_way else timedelta())
    within = [move for move in moves if load.began <= parse_instant(move.at) <= last]
    return tuple(Mark(parse_instant(move.at).timestamp(), _tell_move(move)) for move in within)


def _tell_move(move: Event) -> str:
    return f"{move.subject}: {move.data.get('previous')} → {move.data.get('version')}"


def _list_seconds(load: Load, marks: Sequence[Mark]) -> tuple[Second, ...]:
    seconds: list[Second] = []
    before = load.began.timestamp()
    for moment in load.moments[-DRAWN:]:
        at = moment.at.timestamp()
        moved = ", ".join(mark.text for mark in marks if before < mark.at <= at)
        seconds.append(Second(moment.at.astimezone(UTC), moment.requests, moment.failed, moved))
        before = at
    return tuple(seconds)
