"""What every peer's no-op does: count itself, and end the process with the figures when all have run, or time is up."""

from __future__ import annotations

import json
import os
import sys
import time

SPAN_S = 10.0


class Tally:
    """Figures of ``most`` jobs, or of ``SPAN_S``: seconds from first to last, and how long each was on its way."""

    def __init__(self, most: int) -> None:
        self._most, self._first = most, 0.0
        self._waits: list[float] = []

    def meet(self, sent: float) -> None:
        """One job runs, that was sent at ``sent`` (wall clock, seconds)."""
        now = time.time()
        self._first = self._first or now
        self._waits.append(now - sent)
        if len(self._waits) == self._most or now - self._first >= SPAN_S:
            figures = {"seconds": now - self._first, "count": len(self._waits), "waits": self._waits}
            sys.stdout.write(json.dumps(figures) + "\n")
            sys.stdout.flush()
            os._exit(0)
