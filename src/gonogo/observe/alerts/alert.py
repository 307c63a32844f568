"""An alert as the table has it, and where a signal belongs among the kinds of metrics."""

from __future__ import annotations

from typing import Literal

import msgspec

from gonogo.observe.metrics import MetricType

Status = Literal["pending", "firing", "no_data", "resolved"]
_TYPES: dict[str, MetricType] = {
    "host.cpu": "cpu",
    "host.memory": "memory",
    "host.swap": "memory",
    "host.disk": "disk",
    "host.net_in": "network",
    "host.net_out": "network",
}
_FAMILIES: dict[str, MetricType] = {"host": "system", "process": "process"}


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One episode of one series, from its first bad reading to its end; instants as the database keeps them."""

    id: str
    rule: str
    host: str
    metric_type: str
    signal: str
    severity: str
    state: Status
    value: float | None
    threshold: float | None
    unit: str
    message: str
    labels: dict[str, str]
    series: str
    started_at: str
    fired_at: str | None = None
    resolved_at: str | None = None
    acknowledged_at: str | None = None
    acknowledged_by: str = ""
    acknowledged_note: str = ""
    ended_because: str = ""


def find_type(signal: str) -> MetricType:
    """The kind of metric that a signal is."""
    return _TYPES.get(signal) or _FAMILIES.get(signal.partition(".")[0], "custom")
