"""How many connections may be open at once: in total, below the limit of open files, and for each address.

A new connection is worth more than one that says nothing. At a bound, the connection that has waited longest for a
request gives way; only when all of them are busy is the new one refused.
"""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

MOST = 10_000
RESERVED_FILES = 96
"""Open files that the database, programs and outgoing requests need beside the connections."""
BACKLOG = 2048

Abort = Callable[[], None]


class Connections(Collector):
    """The open connections of one server. A connection is ``idle`` until a whole request head has come."""

    def __init__(self, total: int, per_address: int, is_exempt: Callable[[str], bool] = lambda _address: False) -> None:
        self.total = total
        self.per_address = per_address
        self._is_exempt = is_exempt
        self._open: dict[object, tuple[str, Abort]] = {}
        self._idle: dict[str, dict[object, None]] = {}
        self._of_address: Counter[str] = Counter()
        self._ended: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, connection: object, address: str, abort: Abort) -> bool:
        """Count a new connection in, ending a silent one where a bound is reached; False when it must be refused."""
        full = not self._is_exempt(address) and self._of_address[address] >= self.per_address
        if full and not self._end_oldest(address):
            return self._refuse()
        if len(self._open) >= self.total and not self._end_oldest(self._find_greediest()):
            return self._refuse()
        self._open[connection] = (address, abort)
        self._of_address[address] += 1
        self.mark_idle(connection)
        return True

    def mark_idle(self, connection: object) -> None:
        """It waits for a request: from now on it may have to give way."""
        if connection in self._open:
            self._idle.setdefault(self._open[connection][0], {})[connection] = None

    def mark_busy(self, connection: object) -> None:
        """A request came, or it became a WebSocket."""
        if connection in self._open:
            self._drop_idle(connection, self._open[connection][0])

    def release(self, connection: object) -> None:
        """Forget a connection that has ended; one that is unknown is ignored."""
        found = self._open.pop(connection, None)
        if found is None:
            return
        address, _ = found
        self._drop_idle(connection, address)
        self._of_address[address] -= 1
        if self._of_address[address] <= 0:
            del self._of_address[address]

    def count_timeout(self) -> None:
        """Note a connection that was ended because its request did not come in time."""
        self._ended["timeout"] += 1

    def collect(self) -> Iterator[Metric]:
        """The numbers for ``/metrics``."""
        yield GaugeMetricFamily("gonogo_http_connections", "Open connections", value=len(self._open))
        ended = CounterMetricFamily(
            "gonogo_http_connections_ended",
            "Connections ended to stay within limits",
            labels=("reason",),
        )
        for reason in ("timeout", "gave_way", "refused"):
            ended.add_metric((reason,), self._ended[reason])
        yield ended

    def _refuse(self) -> bool:
        self._ended["refused"] += 1
        return False

    def _find_greediest(self) -> str:
        return max(self._idle, key=lambda address: len(self._idle[address]), default="")

    def _end_oldest(self, address: str) -> bool:
        oldest = next(iter(self._idle.get(address, ())), None)
        if oldest is None:
            return False
        _, abort = self._open[oldest]
        self.release(oldest)
        self._ended["gave_way"] += 1
        abort()
        return True

    def _drop_idle(self, connection: object, address: str) -> None:
        idle = self._idle.get(address)
        if idle is not None:
            idle.pop(connection, None)
            if not idle:
                del self._idle[address]


def count_allowed() -> tuple[int, int]:
    """``(connections, backlog)`` that fit below this process's limit of open files."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST, BACKLOG
    spare = max(RESERVED_FILES, soft // 4)
    # What waits in the backlog is accepted in one go, before anything that gives way is closed.
    return max(16, min(MOST, soft - spare)), max(8, min(BACKLOG, spare // 3))
