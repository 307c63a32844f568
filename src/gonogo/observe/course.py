"""What the charts of one host show: their metrics, and how far back they go."""

from __future__ import annotations

import msgspec


class Chart(msgspec.Struct, frozen=True):
    """One chart: the metrics it draws, at most two, and the top of its scale where that is known."""

    title: str
    metrics: tuple[str, ...]
    labels: tuple[str, ...]
    ceiling: float | None = None


class Span(msgspec.Struct, frozen=True):
    """How far back charts go."""

    name: str
    title: str
    seconds: int


CHARTS = (
    Chart("CPU", ("cpu_percent",), ("all cores",), 100.0),
    Chart("Memory", ("memory_percent",), ("in use",), 100.0),
    Chart("Disk", ("disk_percent",), ("fullest file system",), 100.0),
    Chart("Load", ("load_1",), ("last minute",)),
    Chart("Network", ("net_in_bytes_per_s", "net_out_bytes_per_s"), ("in", "out")),
    Chart("Disk traffic", ("disk_read_bytes_per_s", "disk_write_bytes_per_s"), ("read", "write")),
)
SPANS = (
    Span("15m", "15 min", 900),
    Span("1h", "1 h", 3600),
    Span("6h", "6 h", 6 * 3600),
    Span("24h", "24 h", 86400),
    Span("7d", "7 d", 7 * 86400),
    Span("30d", "30 d", 30 * 86400),
)
_USUAL = SPANS[1]
CHARTED = tuple(name for chart in CHARTS for name in chart.metrics)
"""Every metric that some chart draws."""


def find_span(name: str) -> Span:
    """The span of this name; an hour for any other."""
    return next((span for span in SPANS if span.name == name), _USUAL)
