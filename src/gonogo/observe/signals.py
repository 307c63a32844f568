"""The room's signals: every host's numbers under its name, and how well they come in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import Signal, SignalRegistry
from gonogo.observe.fleet import Fleet, HostState
from gonogo.observe.metrics import NAMES
from gonogo.observe.schemas import Sample, Snapshot

MOST_HOSTS = 100
"""Hosts with signals of their own: each takes about ten series, and the registry's memory is bounded."""
HOST_SIGNALS: tuple[tuple[str, str, str, str], ...] = (
    ("host.cpu", "%", "cpu_percent", "CPU time of the host, of all cores"),
    ("host.memory", "%", "memory_percent", "memory of the host in use"),
    ("host.swap", "%", "swap_percent", "swap of the host in use"),
    ("host.load1", "", "load_1", "load average of the last minute"),
    ("host.net_in", "B/s", "net_in_bytes_per_s", "received by the host, without loopback"),
    ("host.net_out", "B/s", "net_out_bytes_per_s", "sent by the host, without loopback"),
    ("host.temperature", "°C", "temperature_celsius", "the host's warmest sensor"),
    ("host.processes", "", "process_count", "processes of the host"),
)
_PLACES = {name: NAMES.index(metric) for name, _, metric, _ in HOST_SIGNALS}
DISK = Signal("host.disk", "%", "space in use on a file system of the host", ("host", "mount"), "observe")


def declare_host_signals(registry: SignalRegistry) -> None:
    """Declare ``host.*`` with the host as a label, in the place of the kernel's own for this machine alone."""
    for name, unit, _, description in HOST_SIGNALS:
        registry.withdraw(name)
        registry.declare(Signal(name, unit, description, ("host",), "observe"))
    registry.withdraw(DISK.name)
    registry.declare(DISK)


def forget_host_signals(registry: SignalRegistry, host: str) -> None:
    """Drop every series under this host's name."""
    for name in (*_PLACES, DISK.name, "process.rss", "process.cpu"):
        registry.forget(name, {"host": host})


def provide_own_signals(kernel: Kernel, fleet: Fleet) -> None:
    """Declare and provide ``observe.*``: how many report, how late, and what collecting costs."""

    def count_silent() -> float:
        now = kernel.clock.now().timestamp()
        return sum(state.is_silent(now) for state in fleet)

    def read_lag() -> Iterable[tuple[dict[str, str], float]]:
        lags = [state.seen_at - state.sample.at for state in fleet if state.sample is not None and state.seen_at]
        return [({}, max(0.0, *lags))] if lags else []

    def read_use(name: str) -> Iterable[tuple[dict[str, str], float]]:
        own = fleet.find(fleet.local)
        use = own.details.collector if own is not None and own.details is not None else None
        return [({}, getattr(use, name))] if use is not None else []

    for name, unit, description, provider in (
        ("observe.hosts", "", "hosts that have reported", lambda: len(fleet)),
        ("observe.silent_hosts", "", "hosts without a sample in the last 90 seconds", count_silent),
        ("observe.ingest_lag", "s", "age that a newest sample had when it came in, of the slowest host", read_lag),
        ("observe.samples", "", "samples stored since the start", lambda: fleet.accepted),
        ("observe.bytes_per_day", "B", "bytes of packed history for a host and day", lambda: read_use("bytes_per_day")),
    ):
        kernel.signals.declare(Signal(name, unit, description, (), "observe"))
        kernel.signals.provide(name, provider)


def record_samples(registry: SignalRegistry, state: HostState, samples: Iterable[Sample]) -> None:
    """Add a host's samples under its name; space on disks is as of the newest."""
    own = {"host": state.host}
    for sample in samples:
        at = datetime.fromtimestamp(sample.at, UTC)
        for name, place in _PLACES.items():
            if (value := sample.values[place]) is not None:
                registry.record(name, value, own, at=at)
    if state.sample is None or state.details is None:
        return
    at = datetime.fromtimestamp(state.sample.at, UTC)
    for disk in state.details.disks:
        registry.record(DISK.name, disk.percent, {**own, "mount": disk.mount}, at=at)


def record_services(registry: SignalRegistry, host: str, snapshot: Snapshot) -> None:
    """Add each service's memory and CPU to ``process.rss`` and ``process.cpu``, which without labels are our own."""
    at = datetime.fromtimestamp(snapshot.at, UTC)
    for service in {process.service for process in snapshot.processes if process.service}:
        members = [process for process in snapshot.processes if process.service == service]
        labels = {"host": host, "service": service}
        registry.record("process.rss", sum(one.rss_bytes for one in members), labels, at=at)
        registry.record("process.cpu", sum(one.cpu_percent for one in members), labels, at=at)
