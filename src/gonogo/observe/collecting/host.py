"""One sample of this machine: the 24 numbers and what stands behind them. Costs about a millisecond."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil

from gonogo.observe.collecting.rates import Rates
from gonogo.observe.metrics import NAMES, STEP_S, round_values
from gonogo.observe.schemas import MOST_CORES, MOST_PARTS, Details, Disk, Sample, SelfUse

SLOW_EVERY = 6
"""Sensors and mounts are read at every sixth sample: they change slowly and cost most."""
SHORTEST_S = 1.0
"""Shares of CPU over less than this say nothing: time is counted in hundredths of a second."""
FILE_COUNT = Path("/proc/sys/fs/file-nr")


class HostCollector:
    """Reads this machine; rates and CPU shares count from the reading before."""

    def __init__(self) -> None:
        self._own = psutil.Process()
        self._rates = Rates()
        self._reads = 0
        self._disks: list[Disk] = []
        self._mounts: list[tuple[str, str]] = []
        self._temperatures: dict[str, float] = {}
        self._boot = int(psutil.boot_time())
        self._read_at = time.monotonic()
        self._own.cpu_percent(None)
        psutil.cpu_times_percent(None)
        psutil.cpu_percent(None, percpu=True)

    def read(self, now: float, bytes_per_day: int = 0) -> tuple[Sample, Details]:
        """A sample for the five seconds that hold ``now`` (seconds since the epoch)."""
        if self._reads % SLOW_EVERY == 0:
            self._mounts = _list_mounts()
            self._temperatures = _read_temperatures()
        self._reads += 1
        self._disks = list(_measure_disks(self._mounts))
        cores: list[float] = psutil.cpu_percent(None, percpu=True)
        interfaces = self._read_network()
        found = {
            **self._read_cpu(cores),
            **_read_memory(),
            **self._read_disk(),
            "net_in_bytes_per_s": sum(pair[0] for pair in interfaces.values()) if interfaces else None,
            "net_out_bytes_per_s": sum(pair[1] for pair in interfaces.values()) if interfaces else None,
            "temperature_celsius": max(self._temperatures.values(), default=None),
            "open_files": _count_files(),
            "process_count": len(psutil.pids()),
        }
        use = SelfUse(self._own.cpu_percent(None), self._own.memory_info().rss, bytes_per_day)
        at = int(now) // STEP_S * STEP_S
        details = Details(
            self._boot,
            cores[:MOST_CORES],
            sorted(self._disks, key=lambda disk: -disk.percent)[:MOST_PARTS],
            dict(list(self._temperatures.items())[:MOST_PARTS]),
            dict(sorted(interfaces.items(), key=lambda pair: -sum(pair[1]))[:MOST_PARTS]),
            use,
        )
        return Sample(at, round_values([found.get(name) for name in NAMES])), details

    def _read_cpu(self, cores: list[float]) -> dict[str, float | None]:
        share, load = psutil.cpu_times_percent(None), psutil.getloadavg()
        found: dict[str, float | None] = {"load_1": load[0], "load_5": load[1], "load_15": load[2]}
        moment = time.monotonic()
        elapsed, self._read_at = moment - self._read_at, moment
        if elapsed < SHORTEST_S:
            return found
        wait: float = getattr(share, "iowait", 0.0)
        return found | {
            "cpu_percent": max(0.0, 100.0 - share.idle - wait),
            "cpu_user_percent": share.user,
            "cpu_system_percent": share.system,
            "cpu_iowait_percent": wait,
            "cpu_max_percent": max(cores, default=None),
        }

    def _read_network(self) -> dict[str, list[float]]:
        moment = time.monotonic()
        found = {}
        for name, counters in psutil.net_io_counters(pernic=True).items():
            received = self._rates.measure(f"in {name}", counters.bytes_recv, moment)
            sent = self._rates.measure(f"out {name}", counters.bytes_sent, moment)
            if name != "lo" and received is not None and sent is not None:
                found[name] = [round(received, 1), round(sent, 1)]
        return found

    def _read_disk(self) -> dict[str, float | None]:
        moment, counters = time.monotonic(), psutil.disk_io_counters()
        read = written = None
        if counters is not None:
            read = self._rates.measure("read", counters.read_bytes, moment)
            written = self._rates.measure("written", counters.write_bytes, moment)
        return {
            "disk_percent": max((disk.percent for disk in self._disks), default=None),
            "disk_used_bytes": sum(disk.used for disk in self._disks),
            "disk_free_bytes": sum(disk.free for disk in self._disks),
            "disk_read_bytes_per_s": read,
            "disk_write_bytes_per_s": written,
        }


def _read_memory() -> dict[str, float | None]:
    memory, swap = psutil.virtual_memory(), psutil.swap_memory()
    return {
        "memory_percent": memory.percent,
        "memory_used_bytes": memory.total - memory.available,
        "memory_available_bytes": memory.available,
        "memory_cached_bytes": getattr(memory, "cached", None),
        "swap_percent": swap.percent,
        "swap_used_bytes": swap.used,
    }


def _list_mounts() -> list[tuple[str, str]]:
    seen: dict[str, str] = {}
    for part in psutil.disk_partitions(all=False):
        # A container sees single files of its host mounted; they are no file systems of their own.
        if part.device not in seen and Path(part.mountpoint).is_dir():
            seen[part.device] = part.mountpoint
    return [(mount, device) for device, mount in seen.items()] or [("/", "root")]


def _measure_disks(mounts: Iterable[tuple[str, str]]) -> Iterable[Disk]:
    for mount, device in mounts:
        try:
            usage: Any = psutil.disk_usage(mount)
        except OSError:
            continue  # taken away since the mounts were listed
        yield Disk(mount[:200], device[:200], usage.percent, usage.used, usage.free, usage.total)


def _read_temperatures() -> dict[str, float]:
    if not hasattr(psutil, "sensors_temperatures"):
        return {}
    found: dict[str, list[Any]] = psutil.sensors_temperatures()
    return {name: max(float(sensor.current) for sensor in sensors) for name, sensors in found.items() if sensors}


def _count_files() -> float | None:
    try:
        return float(FILE_COUNT.read_text(encoding="ascii").split()[0])
    except OSError:
        return None  # only Linux counts them
