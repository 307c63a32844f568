"""Waking those who wait for work, without losing a ring between their look and their sleep."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class Bell:
    """A waiter notes ``count`` before it looks, and sleeps only if nobody has rung since. On one event loop."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._sleep = sleep
        self._waiting: set[asyncio.Future[None]] = set()
        self.count = 0
        """Rings so far."""

    def ring(self) -> None:
        """Wake everybody."""
        self.count += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, since: int, seconds: float) -> None:
        """Until it rings for the first time after ``since``, or ``seconds`` are over."""
        if self.count != since:
            return
        rung = asyncio.get_running_loop().create_future()
        nap = asyncio.ensure_future(self._sleep(seconds))
        self._waiting.add(rung)
        try:
            await asyncio.wait({rung, nap}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiting.discard(rung)
            nap.cancel()
