"""The live answers, made from the fleet in memory. Instants, not ages, so that an unchanged answer stays the same."""

from __future__ import annotations

import math
from array import array
from datetime import UTC, datetime
from typing import Any

import msgspec

from gonogo.kernel.clock import format_instant
from gonogo.observe.fleet import Fleet, HostState
from gonogo.observe.health import Health, assess_health

HOSTS_IN_REPORT = 50


def view_system(state: HostState) -> dict[str, Any]:
    """A host's numbers now, with its cores, disks, interfaces and sensors."""
    details = state.details
    return {
        "host": state.host,
        "at": _tell(state.sample.at) if state.sample is not None else None,
        "metrics": state.metrics,
        "cores": details.cores if details else [],
        "disks": details.disks if details else [],
        "interfaces": details.interfaces if details else {},
        "temperatures": details.temperatures if details else {},
        "boot_time": _tell(details.boot_time) if details else None,
        "collector": details.collector if details else None,
    }


def view_process(state: HostState) -> dict[str, Any]:
    """The processes that use most."""
    snapshot = state.snapshot
    return {
        "host": state.host,
        "at": _tell(snapshot.at) if snapshot else None,
        "total": snapshot.total if snapshot else None,
        "processes": snapshot.processes if snapshot else [],
    }


def view_platform(state: HostState) -> dict[str, Any]:
    """What the host is, and who reports it."""
    return {"host": state.host, "agent": state.agent, "platform": state.platform}


def view_host(state: HostState, now: float) -> dict[str, Any]:
    """One line of the table of hosts."""
    names = ("cpu_percent", "memory_percent", "disk_percent", "load_1", "net_in_bytes_per_s", "net_out_bytes_per_s")
    health = assess_health([state], now)
    return {
        "host": state.host,
        "agent": state.agent,
        "first_seen": _tell(state.first_seen),
        "last_sample": _tell(state.sample.at) if state.sample is not None else None,
        "silent": state.is_silent(now),
        "status": health.status,
        "score": health.score,
        "reason": health.reason,
        "metrics": {name: state.find_value(name) for name in names},
        "sparklines": {name: _list_spark(spark) for name, spark in state.sparks.items()},
        "boot_time": _tell(state.details.boot_time) if state.details else None,
    }


class Lines:
    """The table of hosts, each line encoded once for every report of its host: most of the work of an answer."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._kept: dict[str, tuple[int, bool, float, msgspec.Raw]] = {}

    def list_worst(self, now: float, most: int | None = None) -> list[msgspec.Raw]:
        """Every host's line, or the ``most`` first, worst first."""
        found = sorted((self._make(state, now) for state in self._fleet), key=lambda line: line[:2])
        return [raw for _, _, raw in found[:most]]

    def _make(self, state: HostState, now: float) -> tuple[float, str, msgspec.Raw]:
        known, silent = self._kept.get(state.host), state.is_silent(now)
        if known is None or known[:2] != (state.revision, silent):
            line = view_host(state, now)
            known = (state.revision, silent, line["score"], msgspec.Raw(msgspec.json.encode(line)))
            self._kept[state.host] = known
        return known[2], state.host, known[3]


def view_summary(fleet: Fleet, health: Health, now: float) -> dict[str, Any]:
    """The whole in a few numbers: the verdict, how many report, and the highest of each share."""
    return {
        "status": health.status,
        "score": health.score,
        "reason": health.reason,
        "hosts": len(fleet),
        "silent_hosts": sum(state.is_silent(now) for state in fleet),
        "highest": {
            name: _find_highest(fleet, name) for name in ("cpu_percent", "memory_percent", "disk_percent", "load_1")
        },
        "newest_sample": _tell(max((state.sample.at for state in fleet if state.sample), default=0)),
    }


def view_report(fleet: Fleet, lines: Lines, state: HostState, health: Health, now: float) -> dict[str, Any]:
    """Everything about one host, and the fleet around it: what a page asks every five seconds."""
    return {
        "summary": view_summary(fleet, health, now),
        "health": assess_health([state], now),
        "system": view_system(state),
        "process": view_process(state),
        "platform": view_platform(state),
        "hosts": lines.list_worst(now, HOSTS_IN_REPORT),
    }


def _find_highest(fleet: Fleet, name: str) -> dict[str, Any] | None:
    found = [(value, state.host) for state in fleet if (value := state.find_value(name)) is not None]
    return {"value": max(found)[0], "host": max(found)[1]} if found else None


def _list_spark(spark: array[float]) -> list[float | None]:
    return [None if math.isnan(value) else round(value, 1) for value in spark]


def _tell(at: float) -> str:
    return format_instant(datetime.fromtimestamp(at, UTC))
