"""What the first screen says: the biggest causes of the verdict, and the hosts, worst first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from gonogo.observe.fleet import HostState
from gonogo.observe.health import Component, Health, HealthStatus, assess_health
from gonogo.observe.sparks import draw_spark

MOST_CAUSES = 3
MOST_ROWS = 50


class Gauge(msgspec.Struct, frozen=True):
    """One share of a host in per cent, how it stands, and its last quarter of an hour as an SVG path."""

    name: str
    value: float | None
    status: HealthStatus
    spark: str = ""


class Row(msgspec.Struct, frozen=True):
    """One host of the table."""

    host: str
    status: HealthStatus
    score: float
    reason: str
    seen: datetime | None
    gauges: tuple[Gauge, ...]
    load: float | None


_GAUGES = (("cpu", "cpu_percent"), ("memory", "memory_percent"), ("disk", "disk_percent"))


def list_causes(health: Health) -> list[Component]:
    """The components that cost most points, at most three."""
    return [component for component in health.components if component.status != "healthy"][:MOST_CAUSES]


def list_rows(hosts: Iterable[HostState], now: float) -> list[Row]:
    """The hosts, worst first, at most fifty."""
    return sorted((_make_row(state, now) for state in hosts), key=lambda row: (row.score, row.host))[:MOST_ROWS]


def _make_row(state: HostState, now: float) -> Row:
    health = assess_health([state], now)
    statuses: dict[str, HealthStatus] = {one.component: one.status for one in health.components}
    return Row(
        state.host,
        health.status,
        health.score,
        health.components[0].reason,
        datetime.fromtimestamp(state.sample.at, UTC) if state.sample is not None else None,
        tuple(_make_gauge(state, name, metric, statuses.get(name, "unknown")) for name, metric in _GAUGES),
        state.find_value("load_1"),
    )


def _make_gauge(state: HostState, name: str, metric: str, status: HealthStatus) -> Gauge:
    spark = state.sparks.get(metric)
    return Gauge(name, state.find_value(metric), status, draw_spark(spark) if spark is not None else "")
