"""Time as a dependency: everything that asks for the time asks a clock, so tests can move it."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the kernel needs of time. ``now`` is aware UTC, ``monotonic`` and ``sleep`` are in seconds."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def sleep_until(clock: Clock, instant: float) -> None:
    """Sleep till the clock shows ``instant`` (seconds since the epoch).

    One sleep alone may end a moment early, as it follows the monotonic clock and not the time of day. Who wakes more
    than a second early saw the time of day being set, and does not wait for it to come again.
    """
    left = instant - clock.now().timestamp()
    while left > 0:
        await clock.sleep(left)
        left = instant - clock.now().timestamp()
        if left > 1:
            return


def format_instant(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and ``Z``: ``2026-01-31T12:00:00.000Z``. It sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_instant(text: str) -> datetime:
    """The moment that ``format_instant`` wrote."""
    return datetime.fromisoformat(text)
