"""How long to wait before a crashed process is started again, and when to stop trying."""

from __future__ import annotations

from collections import deque

from gonogo.services.spec import Restart


class Backoff:
    """Crashes of the last while, and what follows from them."""

    def __init__(self, policy: Restart) -> None:
        self.policy = policy
        self._crashes: deque[float] = deque()

    def note_crash(self, now: float) -> float | None:
        """Seconds to wait before the next start; None when it is given up. ``now`` in seconds of any steady clock."""
        self._crashes.append(now)
        while now - self._crashes[0] > self.policy.within:
            self._crashes.popleft()
        count = len(self._crashes)
        if count > self.policy.attempts:
            return None
        # Beyond 2**40 the product is over any limit anyway.
        return min(self.policy.first * 2.0 ** min(count - 1, 40), self.policy.most)

    def forget(self) -> None:
        """Start over, after a person said so."""
        self._crashes.clear()
