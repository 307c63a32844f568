"""How healthy each host is: a first, plain scale from its warning and critical thresholds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from gonogo.observe.fleet import HostState

HealthStatus = Literal["healthy", "warning", "critical", "unknown"]
LIMITS = (
    ("cpu", "cpu_percent", 80.0, 90.0),
    ("memory", "memory_percent", 80.0, 90.0),
    ("disk", "disk_percent", 85.0, 95.0),
)


class Component(msgspec.Struct, frozen=True):
    """One part of one host with its score from 0 to 100 and the rule that cost points."""

    host: str
    component: str
    status: HealthStatus
    score: float
    reason: str


class Health(msgspec.Struct, frozen=True):
    """All components, worst first; the whole is as good as its worst part."""

    status: HealthStatus
    score: float
    reason: str
    components: tuple[Component, ...]


def assess_health(hosts: Iterable[HostState], now: float) -> Health:
    """Score every host's CPU, memory and disk. ``now`` is seconds since the epoch."""
    found = [component for state in hosts for component in _assess_host(state, now)]
    found.sort(key=lambda one: (one.score, one.host, one.component))
    if not found:
        return Health("unknown", 0.0, "no host has reported yet", ())
    worst = found[0]
    reason = "every component is within its limits" if worst.score == 100 else f"{worst.host}: {worst.reason}"
    return Health(worst.status, worst.score, reason, tuple(found))


def _assess_host(state: HostState, now: float) -> Iterable[Component]:
    if state.is_silent(now):
        yield Component(state.host, "reports", "unknown", 0.0, "no sample in the last 90 seconds")
        return
    for component, metric, warning, critical in LIMITS:
        value = state.find_value(metric)
        if value is not None:
            yield _score(state.host, component, value, warning, critical)


def _score(host: str, component: str, value: float, warning: float, critical: float) -> Component:
    told = f"{component} at {value:g} %"
    if value < warning:
        return Component(host, component, "healthy", 100.0, told)
    if value < critical:
        score = 100 - 50 * (value - warning) / (critical - warning)
        return Component(host, component, "warning", round(score, 1), f"{told} is above the warning at {warning:g} %")
    score = 50 * (1 - (value - critical) / (100 - critical)) if critical < 100 else 0.0
    return Component(host, component, "critical", round(score, 1), f"{told} is above the critical {critical:g} %")
