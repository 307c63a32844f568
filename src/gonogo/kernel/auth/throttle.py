"""Slowing down whoever guesses: a few wrong tries, then a pause that doubles with every further one."""

from __future__ import annotations

import math
from collections import OrderedDict

import msgspec

from gonogo.kernel.clock import Clock

REMEMBERED = 10_000


class Pace(msgspec.Struct, frozen=True):
    """``tries`` may fail before the first pause; one failure is forgiven for every ``forgiven_s`` without a try."""

    tries: int
    forgiven_s: float
    pause_s: float = 60.0
    longest_s: float = 3600.0


PER_NAME = Pace(tries=5, forgiven_s=900.0)
"""One name from one address, or one known browser."""
PER_ADDRESS = Pace(tries=20, forgiven_s=60.0)
"""All names from one address: a whole office may sign in from one."""


class _Record(msgspec.Struct):
    failures: int
    paused_until: float


class Throttle:
    """Failures by key; bounded, the oldest keys are forgotten first."""

    def __init__(self, clock: Clock, pace: Pace) -> None:
        self._clock = clock
        self._pace = pace
        self._records: OrderedDict[str, _Record] = OrderedDict()

    def find_wait(self, key: str) -> int:
        """Whole seconds until ``key`` may try again; 0 for now."""
        record = self._records.get(key)
        return 0 if record is None else max(0, math.ceil(record.paused_until - self._clock.monotonic()))

    def count_failure(self, key: str) -> None:
        """Note a wrong try, which may begin a pause."""
        now = self._clock.monotonic()
        failures = self._count_recent(key, now) + 1
        beyond = failures - self._pace.tries
        pause = min(self._pace.pause_s * 2 ** min(beyond, 30), self._pace.longest_s) if beyond >= 0 else 0.0
        self._records[key] = _Record(failures, now + pause)
        self._records.move_to_end(key)
        while len(self._records) > REMEMBERED:
            self._records.popitem(last=False)

    def forget(self, key: str) -> None:
        """The right password was given."""
        self._records.pop(key, None)

    def _count_recent(self, key: str, now: float) -> int:
        record = self._records.get(key)
        if record is None:
            return 0
        # Counted from the end of the pause: waiting for it is no merit.
        forgiven = int(max(0.0, now - record.paused_until) // self._pace.forgiven_s)
        return max(0, record.failures - forgiven)
