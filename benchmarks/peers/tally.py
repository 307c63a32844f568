"""What every peer's no-op does: count itself, and end the process with the figures when all have run."""

from __future__ import annotations

import json
import os
import sys
import time


class Tally:
    """Figures of ``most`` jobs: seconds from the first to the last, and how long each had been on its way."""

    def __init__(self, most: int) -> None:
        self._most, self._count, self._first = most, 0, 0.0
        self._waits: list[float] = []

    def meet(self, sent: float) -> None:
        """One job runs, that was sent at ``sent`` (wall clock, seconds)."""
        now = time.time()
        self._first = self._first or now
        self._count += 1
        self._waits.append(now - sent)
        if self._count == self._most:
            sys.stdout.write(json.dumps({"seconds": now - self._first, "waits": self._waits}) + "\n")
            sys.stdout.flush()
            os._exit(0)
