"""What a load came to, and the lines in which the generator tells it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A load to make. ``urls`` are asked in turn; ``rate`` is requests a second, ``concurrency`` how many at a time."""

    urls: tuple[str, ...]
    rate: float
    concurrency: int
    duration_s: float
    timeout_s: float
    method: str = "GET"
    body: str | None = None
    headers: dict[str, str] = {}


class Second(msgspec.Struct, frozen=True, kw_only=True, tag="second"):
    """One second of it: ``answered`` within it, of which ``failed``; the 95th percentile of these, milliseconds."""

    answered: int
    failed: int
    p95: float | None


class Figures(msgspec.Struct, frozen=True, kw_only=True, tag="figures"):
    """All of it. Times in milliseconds; ``dropped`` were never sent, for every connection was busy for too long."""

    sent: int
    failed: int
    dropped: int
    seconds: float
    p50: float | None
    p95: float | None
    p99: float | None
    failures: dict[str, int]

    @property
    def throughput(self) -> float:
        """Good answers a second."""
        return (self.sent - self.failed) / self.seconds if self.seconds else 0.0

    @property
    def error_rate(self) -> float:
        """Failed and never sent, in per cent of what was planned."""
        planned = self.sent + self.dropped
        return 100.0 * (self.failed + self.dropped) / planned if planned else 0.0


Told = Second | Figures


def pick_percentile(times: Sequence[float], share: float) -> float | None:
    """The nearest rank of sorted ``times``; None of nothing."""
    if not times:
        return None
    rank = int(-(-len(times) * share // 1))
    return round(times[max(0, min(len(times), rank) - 1)], 3)
