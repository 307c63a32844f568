"""Numbers about requests: for Prometheus since the start, and as signals over the last minute."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from gonogo.kernel.clock import Clock
from gonogo.kernel.signals import Signal, SignalRegistry

WINDOW_S = 60.0
KEPT = 20_000
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class RequestMetrics:
    """Counts every answered request. ``/metrics`` adds every signal's last value and the rooms' collectors."""

    def __init__(self, clock: Clock, signals: SignalRegistry, rooms: Sequence[Collector] = ()) -> None:
        self._clock = clock
        self._recent: deque[tuple[float, float, int]] = deque(maxlen=KEPT)
        self._requests = _Requests()
        self._registry = CollectorRegistry()
        for collector in (self._requests, _SignalCollector(clock, signals), _RoomsCollector(rooms)):
            self._registry.register(collector)
        self._declare_signals(signals)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one answered request; ``route`` is its pattern, so that ids do not become labels."""
        self._requests.count(method, route, status, seconds)
        self._recent.append((self._clock.monotonic(), seconds, status))

    def expose(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self._registry)

    def _declare_signals(self, signals: SignalRegistry) -> None:
        for name, unit, description, read in (
            ("http.requests", "/s", "Requests Gonogo answered, over the last minute", self._read_rate),
            ("http.error_rate", "%", "Share of them that ended in 5xx", self._read_errors),
            ("http.p50", "s", "Median time to answer, over the last minute", lambda: self._read_quantile(0.5)),
            ("http.p95", "s", "95th percentile of it", lambda: self._read_quantile(0.95)),
        ):
            signals.declare(Signal(name=name, unit=unit, description=description, source="http"))
            signals.provide(name, read)

    def _window(self) -> list[tuple[float, float, int]]:
        horizon = self._clock.monotonic() - WINDOW_S
        while self._recent and self._recent[0][0] < horizon:
            self._recent.popleft()
        return list(self._recent)

    def _read_rate(self) -> float:
        window = self._window()
        # Under load the oldest of the minute are gone already: what is left spans less.
        full = len(window) == KEPT
        return len(window) / (max(self._clock.monotonic() - window[0][0], 0.001) if full else WINDOW_S)

    def _read_errors(self) -> Iterable[tuple[dict[str, str], float]]:
        window = self._window()
        return [({}, 100 * sum(status >= 500 for *_, status in window) / len(window))] if window else []

    def _read_quantile(self, q: float) -> Iterable[tuple[dict[str, str], float]]:
        times = sorted(seconds for _, seconds, _ in self._window())
        return [({}, times[min(len(times) - 1, int(q * len(times)))])] if times else []


class _Requests(Collector):
    """Requests and their times since the start. All in one thread: the library's own counters lock, four times each."""

    def __init__(self) -> None:
        self._answered: Counter[tuple[str, str, int]] = Counter()
        self._times: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one."""
        self._answered[method, route, status] += 1
        times = self._times.get(route)
        if times is None:
            times = self._times[route] = [0] * (len(_BUCKETS) + 1)
            self._seconds[route] = 0.0
        times[bisect_left(_BUCKETS, seconds)] += 1
        self._seconds[route] += seconds

    def collect(self) -> Iterator[Metric]:
        labels = ("method", "route", "status")
        answered = CounterMetricFamily("gonogo_http_requests", "Requests answered", labels=labels)
        for (method, route, status), count in self._answered.items():
            answered.add_metric((method, route, str(status)), count)
        yield answered
        times = HistogramMetricFamily("gonogo_http_request_seconds", "Time to answer", labels=("route",))
        bounds = [*(str(bound) for bound in _BUCKETS), "+Inf"]
        for route, counts in self._times.items():
            buckets = list(zip(bounds, map(float, accumulate(counts)), strict=True))
            times.add_metric((route,), buckets, self._seconds[route])
        yield times


class _SignalCollector(Collector):
    def __init__(self, clock: Clock, signals: SignalRegistry) -> None:
        self._clock = clock
        self._signals = signals

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        for listed in self._signals.list_signals(self._clock.now()):
            # A prefix of their own: the signal http.requests is not the counter gonogo_http_requests_total.
            name = "gonogo_signal_" + _clean(listed.signal.name)
            family = families.setdefault(name, Metric(name, listed.signal.description, "gauge"))
            for series in listed.series:
                family.add_sample(name, {_clean(key): value for key, value in series.labels.items()}, series.value)
        yield from families.values()


def _clean(name: str) -> str:
    return re.sub(r"\W", "_", name, flags=re.ASCII)


class _RoomsCollector(Collector):
    """Asks the collectors of the rooms at each collection: rooms add theirs when they start."""

    def __init__(self, rooms: Sequence[Collector]) -> None:
        self._rooms = rooms

    def collect(self) -> Iterator[Metric]:
        for collector in self._rooms:
            yield from collector.collect()
