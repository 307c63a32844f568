"""What this room counts of itself: for Prometheus under the names people chart, and as signals."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from prometheus_client import Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

KEPT = 1000
FAILURE_WINDOW_S = 300.0
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)


class Measures(Collector):
    """Counters and recent times, in seconds. ``/metrics`` collects them."""

    def __init__(self, read_monotonic: Callable[[], float]) -> None:
        self._read_monotonic = read_monotonic
        self.count_reads: Callable[[], int] = lambda: 0
        self.count_clients: Callable[[], int] = lambda: 0
        self.writes = 0
        self.connections = 0
        self.drops = 0
        self.reloads = 0
        self.reload_failures = 0
        self.write_times: deque[float] = deque(maxlen=KEPT)
        self.search_times: deque[float] = deque(maxlen=KEPT)
        self._failed_at: deque[float] = deque(maxlen=KEPT)
        self._dropped_at: deque[float] = deque(maxlen=KEPT)
        self._searches = Histogram(
            "settings_search_duration", "Time of a search in seconds", buckets=_BUCKETS, registry=None
        )

    def note_write(self, seconds: float, changes: int) -> None:
        """One committed request with so many changed settings."""
        self.writes += changes
        self.write_times.append(seconds)

    def note_search(self, seconds: float) -> None:
        """One search."""
        self.search_times.append(seconds)
        self._searches.observe(seconds)

    def note_reload(self, taken: int, refused: int) -> None:
        """Outside edits that were taken over, and those refused."""
        self.reloads += taken
        self.reload_failures += refused
        self._failed_at.extend([self._read_monotonic()] * refused)

    def note_connection(self) -> None:
        """A client opened the socket."""
        self.connections += 1

    def note_drop(self) -> None:
        """A client whose connection was cut because it was silent or failed."""
        self.drops += 1
        self._dropped_at.append(self._read_monotonic())

    def count_failures(self) -> int:
        """Refused outside edits of the last five minutes."""
        return self._count_recent(self._failed_at)

    def count_drops(self) -> int:
        """Dropped connections of the last five minutes."""
        return self._count_recent(self._dropped_at)

    def collect(self) -> Iterator[Metric]:
        """For Prometheus."""
        yield CounterMetricFamily("settings_read", "Settings read, in process and over HTTP", value=self.count_reads())
        yield CounterMetricFamily("settings_write", "Settings changed by requests", value=self.writes)
        yield GaugeMetricFamily("websocket_connections_active", "Clients on the socket", value=self.count_clients())
        yield CounterMetricFamily("websocket_connections", "Connections opened", value=self.connections)
        yield CounterMetricFamily("websocket_connections_dropped", "Connections cut", value=self.drops)
        reloads = CounterMetricFamily("hotreload_events", "Outside edits noticed", labels=["result"])
        reloads.add_metric(["taken"], self.reloads)
        reloads.add_metric(["refused"], self.reload_failures)
        yield reloads
        yield from self._searches.collect()

    def _count_recent(self, moments: Sequence[float]) -> int:
        horizon = self._read_monotonic() - FAILURE_WINDOW_S
        return sum(moment >= horizon for moment in moments)


def read_quantile(times: Iterable[float], q: float) -> Iterable[tuple[dict[str, str], float]]:
    """A quantile as a signal's reading; no data when nothing was timed yet."""
    ordered = sorted(times)
    return [({}, ordered[min(len(ordered) - 1, int(q * len(ordered)))])] if ordered else []
