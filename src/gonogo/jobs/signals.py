"""The room's numbers, by name."""

from __future__ import annotations

from gonogo.jobs.measures import Measures
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import Signal
from gonogo.kernel.signals.registry import Provider


def declare_measures(kernel: Kernel, measures: Measures) -> None:
    """Offer the queue's numbers to gates, alerts and Prometheus."""
    found: tuple[tuple[str, str, str, Provider], ...] = (
        ("jobs.depth", "", "jobs ready to be started", lambda: measures.stats.ready),
        ("jobs.oldest_ready_seconds", "s", "wait of the oldest ready job", lambda: measures.stats.oldest_ready_s),
        ("jobs.running", "", "jobs that run", lambda: measures.stats.running),
        ("jobs.waiting", "", "jobs that wait for their time or next attempt", lambda: measures.stats.waiting),
        ("jobs.dead", "", "dead jobs", lambda: measures.stats.dead),
        ("jobs.workers", "", "workers whose lease is running", lambda: measures.stats.workers),
        ("jobs.throughput", "/s", "jobs done, over five minutes", measures.read_throughput),
        ("jobs.failure_rate", "%", "attempts that failed, over five minutes", _read_failure_percent(measures)),
    )
    for name, unit, description, provider in found:
        kernel.signals.declare(Signal(name, unit, description, (), "jobs"))
        kernel.signals.provide(name, provider)
    kernel.collectors.append(measures)


def _read_failure_percent(measures: Measures) -> Provider:
    return lambda: 100 * measures.read_failure_rate()
