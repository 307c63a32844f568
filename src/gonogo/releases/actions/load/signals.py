"""A load as signals: each second while it goes on, and its figures at the end."""

from __future__ import annotations

from datetime import datetime

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import Signal
from gonogo.releases.actions.load.figures import Figures, Second

_LABELS = ("name",)
_SIGNALS = (
    Signal("load.rate", "req/s", "Answers in the last second of a load", _LABELS, "load"),
    Signal("load.failures", "req/s", "Failed requests in the last second of a load", _LABELS, "load"),
    Signal("load.failed", "", "Failed requests of a load so far", _LABELS, "load"),
    Signal("load.p50", "ms", "Median answer time of a finished load", _LABELS, "load"),
    Signal("load.p95", "ms", "95th percentile of the answer time of a finished load", _LABELS, "load"),
    Signal("load.p99", "ms", "99th percentile of the answer time of a finished load", _LABELS, "load"),
    Signal("load.error_rate", "%", "Failed and unsent requests of a finished load", _LABELS, "load"),
    Signal("load.throughput", "req/s", "Good answers a second of a finished load", _LABELS, "load"),
)


def declare_load_signals(kernel: Kernel) -> None:
    """Make them known; their series come with the first load of a name."""
    for signal in _SIGNALS:
        kernel.signals.declare(signal)


def record_second(kernel: Kernel, name: str, second: Second, failed: int, at: datetime) -> None:
    """One second of a load that goes on."""
    values = {"load.rate": second.answered, "load.failures": second.failed, "load.failed": failed}
    for signal, value in values.items():
        kernel.signals.record(signal, float(value), {"name": name}, at=at)


def record_figures(kernel: Kernel, name: str, figures: Figures, at: datetime) -> None:
    """The end of a load."""
    values = {
        "load.p50": figures.p50,
        "load.p95": figures.p95,
        "load.p99": figures.p99,
        "load.error_rate": figures.error_rate,
        "load.throughput": figures.throughput,
        "load.failed": float(figures.failed),
    }
    for signal, value in values.items():
        if value is not None:
            kernel.signals.record(signal, value, {"name": name}, at=at)
