"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any


class FakeClock:
    """Starts at noon UTC on 2 March 2026. ``advance`` moves it and wakes whoever's sleep is over."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self._monotonic = 1000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        """It counts from the call, not from the first await: nobody can move the clock in between unseen."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._monotonic + seconds, woken))
        return _await(woken)

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass. Call it on the event loop."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
        due = [woken for at, woken in self._sleepers if at <= self._monotonic]
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper[0] > self._monotonic]
        for woken in due:
            if not woken.done():
                woken.set_result(None)

    def jump(self, seconds: float) -> None:
        """Move the wall clock alone, as a correction of the machine's time does."""
        self._now += timedelta(seconds=seconds)


async def _await(woken: asyncio.Future[None]) -> None:
    await woken
