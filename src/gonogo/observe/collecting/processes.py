"""The processes that use most. A scan costs about 0.1 ms a process, so it comes every 30 seconds only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psutil

from gonogo.observe.schemas import MOST_PROCESSES, Process, Snapshot

TOP = 10
FIELDS = ("name", "username", "status", "cpu_times", "memory_info", "num_threads", "create_time")


class ProcessCollector:
    """Scans all processes; CPU is % of a core since the scan before, at a process's first sight since it started."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, float], float] = {}
        self._at = 0.0
        self._memory = int(psutil.virtual_memory().total)

    def read(self, now: float, services: Mapping[int, str] | None = None, top: int = TOP) -> Snapshot:
        """The first ``top`` by CPU and by memory, and every process in ``services`` (pid → name of the service)."""
        found, seen = [], {}
        for process in psutil.process_iter(FIELDS):
            info = process.info
            if info["cpu_times"] is None or info["memory_info"] is None:
                continue  # not ours to look at, or gone meanwhile
            used = info["cpu_times"].user + info["cpu_times"].system
            key = (process.pid, info["create_time"])
            seen[key] = used
            found.append(self._describe(process.pid, info, used, now, (services or {}).get(process.pid, "")))
        self._seen, self._at = seen, now
        return Snapshot(int(now), len(found), _choose(found, top))

    def _describe(self, pid: int, info: Mapping[str, Any], used: float, now: float, service: str) -> Process:
        before = self._seen.get((pid, info["create_time"]))
        since = info["create_time"] if before is None else self._at
        share = 100 * (used - (before or 0.0)) / max(now - since, 1.0)
        rss = info["memory_info"].rss
        return Process(
            pid=pid,
            name=(info["name"] or "")[:200],
            user=(info["username"] or "")[:200],
            status=(info["status"] or "")[:32],
            cpu_percent=round(max(share, 0.0), 1),
            memory_percent=round(100 * rss / self._memory, 2),
            rss_bytes=rss,
            threads=info["num_threads"] or 0,
            service=service,
        )


def _choose(found: list[Process], top: int) -> list[Process]:
    by_cpu = sorted(found, key=lambda one: one.cpu_percent, reverse=True)[:top]
    by_memory = sorted(found, key=lambda one: one.rss_bytes, reverse=True)[:top]
    chosen = {one.pid: one for one in (*by_cpu, *by_memory, *(one for one in found if one.service))}
    ordered = sorted(chosen.values(), key=lambda one: (not one.service, -one.cpu_percent, -one.rss_bytes, one.pid))
    return ordered[:MOST_PROCESSES]
