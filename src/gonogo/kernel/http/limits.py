"""How much one caller may ask for: a bucket of requests each, filled again at a steady rate."""

from __future__ import annotations

import math
from collections import OrderedDict

from gonogo.kernel.clock import Clock
from gonogo.kernel.errors import TooManyRequests

REMEMBERED = 10_000
MAX_BODY = 1024 * 1024
"""Bytes a request may carry, unless its route says otherwise."""


class RateLimited(TooManyRequests):
    """One caller asked more often than allowed."""

    type, title = "rate-limited", "Too many requests"


class RateLimit:
    """``rate`` requests a second for each name, twice that in one go; a rate of 0 lets everything pass."""

    def __init__(self, clock: Clock, rate: int) -> None:
        self._clock = clock
        self._rate = rate
        self._full = 2.0 * rate
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> None:
        """Count one request of ``name``. Raises ``RateLimited`` when its bucket is empty."""
        if not self._rate:
            return
        now = self._clock.monotonic()
        left, at = self._buckets.get(name, (self._full, now))
        left = min(self._full, left + (now - at) * self._rate)
        if left < 1:
            wait = math.ceil((1 - left) / self._rate)
            raise RateLimited(
                f"More than {self._rate} requests a second. Slow down, and try again in {wait} s.",
                headers={"Retry-After": str(wait)},
            )
        self._buckets[name] = (left - 1, now)
        self._buckets.move_to_end(name)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
