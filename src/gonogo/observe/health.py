"""How healthy everything is: each component scored from its thresholds, the whole as good as its worst component."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from gonogo.kernel.knobs import Knobs
from gonogo.observe.fleet import SILENT_AFTER_S, HostState
from gonogo.observe.knobs import name_rule, read_limits
from gonogo.observe.levels import Level, Standing, score_value, step_level
from gonogo.observe.metrics import find_place
from gonogo.observe.schemas import Sample

HealthStatus = Literal["healthy", "warning", "critical", "unknown"]
REPORTS = "reports"
COMPONENTS = (("cpu", "cpu_percent"), ("memory", "memory_percent"), ("disk", "disk_percent"))


class Component(msgspec.Struct, frozen=True):
    """One part of one host with its score from 0 to 100, and the rule, value and threshold that cost ``lost`` points.

    ``since`` is when it came to stand there, in seconds since the epoch; None when nobody has seen it change.
    """

    host: str
    component: str
    status: HealthStatus
    score: float
    reason: str
    rule: str = ""
    value: float | None = None
    threshold: float | None = None
    lost: float = 0.0
    since: int | None = None


class Health(msgspec.Struct, frozen=True):
    """All components, worst first; the whole is as good as its worst part."""

    status: HealthStatus
    score: float
    reason: str
    components: tuple[Component, ...]


def judge_samples(state: HostState, samples: Iterable[Sample], knobs: Knobs) -> bool:
    """Let a host's new samples, oldest first, move its levels; whether any level is another now."""
    changed = False
    for component, metric in COMPONENTS:
        place, limits = find_place(metric), read_limits(knobs, component)
        assert place is not None
        for sample in samples:
            value = sample.values[place]
            if value is not None:
                changed |= _judge_value(state, component, Standing("healthy", sample.at, value, limits))
    return changed


def _judge_value(state: HostState, component: str, fresh: Standing) -> bool:
    before = state.standings.get(component)
    level: Level = before.level if before is not None else "healthy"
    after = step_level(level, fresh.value, fresh.limits)
    stays = before is not None and after == level
    since = before.since if before is not None and stays else fresh.since
    state.standings[component] = Standing(after, since, fresh.value, fresh.limits)
    return not stays


def assess_health(hosts: Iterable[HostState], now: float, others: Iterable[Component] = ()) -> Health:
    """Every host's components, and ``others`` beside them. ``now`` is seconds since the epoch."""
    found = [component for state in hosts for component in _assess_host(state, now)]
    found += others
    found.sort(key=lambda one: (one.score, one.host, one.component))
    if not found:
        return Health("unknown", 0.0, "no host has reported yet", ())
    worst = found[0]
    reason = "every component is within its limits" if worst.score == 100 else f"{worst.host}: {worst.reason}"
    return Health(worst.status, worst.score, reason, tuple(found))


def _assess_host(state: HostState, now: float) -> Iterable[Component]:
    if state.is_silent(now):
        told = f"no sample in the last {SILENT_AFTER_S} seconds"
        since = None if state.sample is None else state.sample.at
        yield Component(state.host, REPORTS, "unknown", 0.0, told, REPORTS, None, SILENT_AFTER_S, 100.0, since)
        return
    yield Component(state.host, REPORTS, "healthy", 100.0, "its samples come in")
    for component, _ in COMPONENTS:
        standing = state.standings.get(component)
        if standing is not None:
            yield _describe(state.host, component, standing)


def _describe(host: str, component: str, standing: Standing) -> Component:
    level, value, limits = standing.level, standing.value, standing.limits
    told = f"{component} at {value:g} %"
    if level == "healthy":
        return Component(host, component, level, 100.0, told, value=value, since=standing.since)
    score = score_value(level, value, limits)
    threshold = limits.critical if level == "critical" else limits.warning
    if value >= threshold:
        told = f"{told} is above the {level} threshold of {threshold:g} %"
    else:
        told = f"{told} rose above the {level} threshold of {threshold:g} % and is not yet below "
        told += f"{threshold - limits.margin:g} %"
    rule, lost = name_rule(component, level), round(100 - score, 1)
    return Component(host, component, level, score, told, rule, value, threshold, lost, standing.since)
