"""What this process counts of itself, for Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client import Histogram
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)


class Measures(Collector):
    """Counters since the start. ``/metrics`` collects them."""

    def __init__(self) -> None:
        self.attempts: Counter[str] = Counter()
        self.hooks: Counter[tuple[str, str]] = Counter()
        self._seconds = Histogram("webhook_attempt_seconds", "Time of an attempt", buckets=_BUCKETS, registry=None)

    def note_attempt(self, delivered: bool, seconds: float) -> None:
        """One attempt of this process."""
        self.attempts["delivered" if delivered else "failed"] += 1
        self._seconds.observe(seconds)

    def note_hook(self, source: str, result: str) -> None:
        """One hook of a known source: ``received``, ``duplicate`` or ``rejected``."""
        self.hooks[source, result] += 1

    @property
    def rejected(self) -> int:
        """Hooks whose signature did not fit."""
        return sum(count for (_, result), count in self.hooks.items() if result == "rejected")

    def collect(self) -> Iterator[Metric]:
        """For Prometheus."""
        attempts = CounterMetricFamily("webhook_attempts", "Deliveries tried by this process", labels=["result"])
        for result, count in self.attempts.items():
            attempts.add_metric([result], count)
        yield attempts
        hooks = CounterMetricFamily("hooks_received", "Hooks that came in", labels=["source", "result"])
        for (source, result), count in self.hooks.items():
            hooks.add_metric([source, result], count)
        yield hooks
        yield from self._seconds.collect()
