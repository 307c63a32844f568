"""The queue's numbers for signals, lights and Prometheus: read once a second, asked by everybody."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from gonogo.jobs.schemas import Stats
from gonogo.kernel.clock import Clock

WINDOW_S = 300.0


class Measures(Collector):
    """The newest ``Stats``, and how failures stand to successes in the last five minutes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.stats = Stats()
        self.has_moved = False
        self.silence: str | None = None
        """Why the queue does not answer; None while it does."""
        self._past: deque[tuple[float, Stats]] = deque()

    def take(self, stats: Stats) -> None:
        """Take the newest numbers."""
        self.has_moved, self.stats, self.silence = _list_counts(stats) != _list_counts(self.stats), stats, None
        now = self._clock.monotonic()
        self._past.append((now, stats))
        while self._past[0][0] < now - WINDOW_S:
            self._past.popleft()

    def miss(self, why: str) -> None:
        """The queue did not answer."""
        self.silence = why

    def read_failure_rate(self) -> float:
        """Share of the attempts of the last five minutes that failed, 0 to 1; 0 when there were none."""
        first, last = (self._past[0][1], self._past[-1][1]) if self._past else (self.stats, self.stats)
        failed, done = last.failed_total - first.failed_total, last.done_total - first.done_total
        return failed / (failed + done) if failed + done > 0 else 0.0

    def read_throughput(self) -> float:
        """Jobs done a second over the last five minutes."""
        if len(self._past) < 2:
            return 0.0
        (since, first), (until, last) = self._past[0], self._past[-1]
        return max(0.0, (last.done_total - first.done_total) / (until - since)) if until > since else 0.0

    def collect(self) -> Iterator[Metric]:
        """See ``Collector``."""
        stats = self.stats
        jobs = GaugeMetricFamily("gonogo_jobs", "Live and dead jobs.", labels=["type", "state"])
        for counted in stats.types:
            for state in ("ready", "running", "waiting", "dead"):
                jobs.add_metric([counted.type, state], getattr(counted, state))
        yield jobs
        yield GaugeMetricFamily(
            "gonogo_jobs_oldest_ready_seconds", "Wait of the oldest ready job.", stats.oldest_ready_s
        )
        yield GaugeMetricFamily("gonogo_jobs_workers", "Workers whose lease is running.", stats.workers)
        ended = CounterMetricFamily("gonogo_jobs", "What became of jobs since the queue was made.", labels=["what"])
        for what in ("enqueued", "done", "failed", "dead", "cancelled", "recovered"):
            ended.add_metric([what], getattr(stats, f"{what}_total"))
        yield ended


def _list_counts(stats: Stats) -> tuple[object, ...]:
    return stats.types, stats.enqueued_total, stats.done_total, stats.paused, stats.workers
