"""Slowing down whoever guesses passwords: a few wrong tries for one e-mail, then a pause."""

from __future__ import annotations

from collections import OrderedDict

from gonogo.kernel.auth.errors import SignInThrottled
from gonogo.kernel.clock import Clock

TRIES = 5
PAUSE_S = 60.0
REMEMBERED = 10_000


class Throttle:
    """Wrong tries per name within the last minute; bounded, the oldest names are forgotten first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, list[float]] = OrderedDict()

    def check(self, name: str) -> None:
        """Raise ``SignInThrottled`` while ``name`` is paused."""
        recent = self._recent_tries(name)
        if len(recent) >= TRIES:
            wait = max(1, round(recent[0] + PAUSE_S - self._clock.monotonic()))
            raise SignInThrottled(
                f"{TRIES} wrong passwords within a minute. Try again in {wait} s.", headers={"Retry-After": str(wait)}
            )

    def count_failure(self, name: str) -> None:
        self._tries[name] = [*self._recent_tries(name), self._clock.monotonic()]
        self._tries.move_to_end(name)
        while len(self._tries) > REMEMBERED:
            self._tries.popitem(last=False)

    def forget(self, name: str) -> None:
        self._tries.pop(name, None)

    def _recent_tries(self, name: str) -> list[float]:
        horizon = self._clock.monotonic() - PAUSE_S
        return [moment for moment in self._tries.get(name, []) if moment > horizon]
