"""What is measured of a host: 24 numbers every five seconds, each with its unit and the precision it is kept in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

MetricType = Literal["cpu", "memory", "disk", "network", "system", "process", "custom"]
SCHEMA = 1
"""Names the list below in sealed blocks. A changed list gets a new number, so that old blocks stay readable."""
STEP_S = 5
_LARGEST = 1 << 50


class Metric(msgspec.Struct, frozen=True):
    """One number of a host. It is kept as a whole count of ``quantum``, so sums of it are exact."""

    name: str
    type: MetricType
    unit: str
    quantum: float
    description: str

    def quantise(self, value: float | None) -> int | None:
        """The value in quanta; None for what is no number."""
        if value is None or not abs(value / self.quantum) < _LARGEST:
            return None
        return round(value / self.quantum)

    def restore(self, count: float) -> float:
        """A count of quanta as a value again."""
        return round(count * self.quantum, 6)


METRICS: tuple[Metric, ...] = (
    Metric("cpu_percent", "cpu", "%", 0.1, "CPU time of all cores in use"),
    Metric("cpu_user_percent", "cpu", "%", 0.1, "CPU time of programs"),
    Metric("cpu_system_percent", "cpu", "%", 0.1, "CPU time of the system's kernel"),
    Metric("cpu_iowait_percent", "cpu", "%", 0.1, "CPU time spent waiting for disks"),
    Metric("cpu_max_percent", "cpu", "%", 0.1, "CPU time of the busiest core"),
    Metric("load_1", "system", "", 0.01, "load average of the last minute"),
    Metric("load_5", "system", "", 0.01, "load average of the last five minutes"),
    Metric("load_15", "system", "", 0.01, "load average of the last fifteen minutes"),
    Metric("memory_percent", "memory", "%", 0.1, "memory in use"),
    Metric("memory_used_bytes", "memory", "B", 1024, "memory in use"),
    Metric("memory_available_bytes", "memory", "B", 1024, "memory that programs can still have"),
    Metric("memory_cached_bytes", "memory", "B", 1024, "memory that caches files"),
    Metric("swap_percent", "memory", "%", 0.1, "swap in use"),
    Metric("swap_used_bytes", "memory", "B", 1024, "swap in use"),
    Metric("disk_percent", "disk", "%", 0.1, "space in use on the fullest file system"),
    Metric("disk_used_bytes", "disk", "B", 1024, "space in use on all file systems"),
    Metric("disk_free_bytes", "disk", "B", 1024, "space left on all file systems"),
    Metric("disk_read_bytes_per_s", "disk", "B/s", 128, "read from disks"),
    Metric("disk_write_bytes_per_s", "disk", "B/s", 128, "written to disks"),
    Metric("net_in_bytes_per_s", "network", "B/s", 16, "received, without loopback"),
    Metric("net_out_bytes_per_s", "network", "B/s", 16, "sent, without loopback"),
    Metric("temperature_celsius", "system", "°C", 0.1, "the warmest sensor"),
    Metric("open_files", "system", "", 1, "open files of all processes"),
    Metric("process_count", "process", "", 1, "processes"),
)
NAMES = tuple(metric.name for metric in METRICS)
_PLACES = {name: place for place, name in enumerate(NAMES)}


def find_place(name: str) -> int | None:
    """Where a metric stands in a sample; None for an unknown name."""
    return _PLACES.get(name)


def round_values(values: Sequence[float | None]) -> list[float | None]:
    """A sample's values at the precision they are kept in; what is missing or no number is None."""
    counts = (metric.quantise(value) for metric, value in zip(METRICS, values, strict=True))
    return [None if count is None else metric.restore(count) for metric, count in zip(METRICS, counts, strict=True)]
