"""How much was exported to here, by service: log records by severity, spans by how they ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from gonogo.kernel.signals import Signal, SignalRegistry
from gonogo.observe.series import SeriesSink

MOST_SERVICES = 200
OTHERS = "(others)"


class Received:
    """Counts since the start, and the sink that metrics go to."""

    def __init__(self, sink: SeriesSink) -> None:
        self.sink = sink
        self.logs: Counter[tuple[str, str]] = Counter()
        self.spans: Counter[tuple[str, str]] = Counter()
        self.points: Counter[str] = Counter()
        self._services: set[str] = set()

    def name_service(self, name: str) -> str:
        """The service's name, or a common one when there are too many to tell apart."""
        if name not in self._services and len(self._services) >= MOST_SERVICES:
            return OTHERS
        self._services.add(name)
        return name


def declare_received(registry: SignalRegistry, received: Received) -> None:
    """Declare and provide ``otlp.*``."""

    def read_logs() -> Iterable[tuple[dict[str, str], float]]:
        return [({"service": service, "severity": level}, count) for (service, level), count in received.logs.items()]

    def read_spans() -> Iterable[tuple[dict[str, str], float]]:
        return [({"service": service, "status": status}, count) for (service, status), count in received.spans.items()]

    def read_points() -> Iterable[tuple[dict[str, str], float]]:
        return [({"service": service}, count) for service, count in received.points.items()]

    for name, labels, description, provider in (
        ("otlp.logs", ("service", "severity"), "log records received since the start", read_logs),
        ("otlp.spans", ("service", "status"), "spans received since the start", read_spans),
        ("otlp.points", ("service",), "points of metrics received since the start", read_points),
    ):
        registry.declare(Signal(name, "", description, labels, "observe"))
        registry.provide(name, provider)
