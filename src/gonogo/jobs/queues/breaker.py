"""A circuit breaker: once a database has failed a few times in a row, callers are told at once for a while."""

from __future__ import annotations

import structlog

from gonogo.jobs.errors import QueueUnavailable
from gonogo.kernel.clock import Clock

log = structlog.get_logger()

FAILURES = 3
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 2.0


class Breaker:
    """Closed while all is well; open after ``FAILURES`` in a row; then one caller at a time tries again.

    The pause doubles up to ``LONGEST_PAUSE_S``. Only the changes are logged, not the requests in between.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        self._name, self._clock = name, clock
        self._failures = 0
        self._pause_s = FIRST_PAUSE_S
        self._try_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether the database is held to be gone."""
        return self._try_at is not None

    def check(self) -> None:
        """Raises ``QueueUnavailable`` while open, but lets one caller through at the end of each pause."""
        if self._try_at is None:
            return
        left = self._try_at - self._clock.monotonic()
        if left > 0:
            raise explain_absence(self._name, left)
        self._try_at = self._clock.monotonic() + self._pause_s

    def succeed(self) -> None:
        """The database answered."""
        if self._try_at is not None:
            log.info("back again", dependency=self._name)
        self._failures, self._try_at, self._pause_s = 0, None, FIRST_PAUSE_S

    def fail(self, error: BaseException) -> None:
        """The database did not answer."""
        self._failures += 1
        if self._failures < FAILURES:
            return
        if self._try_at is None:
            log.warning("not available", dependency=self._name, error=str(error) or type(error).__name__)
        self._try_at = self._clock.monotonic() + self._pause_s
        self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)


def explain_absence(name: str, seconds: float = 1.0) -> QueueUnavailable:
    """What a caller is told; ``seconds`` is when to come back."""
    return QueueUnavailable(
        f"{name} does not answer. What was accepted is kept; try again in a moment.",
        headers={"Retry-After": str(max(1, round(seconds)))},
    )
