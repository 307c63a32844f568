"""What checks say as signals. Only what is fresh is said: a check that is not asked any more is no data, not good."""

from __future__ import annotations

from datetime import datetime

from gonogo.kernel.signals import Signal, SignalRegistry
from gonogo.observe.checks.board import CheckBoard, CheckState, summarise

LABELS = ("check",)
SIGNALS = (
    Signal("check.up", "", "1 while the check is up, 0 while it is down", LABELS, "observe"),
    Signal("check.failures", "", "rounds in a row in which the check failed", LABELS, "observe"),
    Signal("check.uptime", "%", "rounds of the check's window that passed", LABELS, "observe"),
    Signal("check.latency_p50", "ms", "median time to answer in the check's window", LABELS, "observe"),
    Signal("check.latency_p95", "ms", "95th percentile of it", LABELS, "observe"),
    Signal("check.latency_p99", "ms", "99th percentile of it", LABELS, "observe"),
    Signal("check.tls_days", "", "days that the certificate is still good for", LABELS, "observe"),
    Signal("check.contract", "", "1 while the recorded contract is kept, 0 while it is broken", LABELS, "observe"),
)
SHARED = {"http.p50": "p50", "http.p95": "p95"}
"""Signals of the kernel, in seconds, that checks report under the label ``check``."""


def declare_checks(registry: SignalRegistry) -> None:
    """Declare ``check.*``."""
    for signal in SIGNALS:
        registry.declare(signal)


def forget_check(registry: SignalRegistry, name: str) -> None:
    """Drop every series of a check."""
    for signal in (*(one.name for one in SIGNALS), *SHARED):
        registry.forget(signal, {"check": name})


def tell_checks(registry: SignalRegistry, board: CheckBoard, now: datetime) -> None:
    """Record how every check stands."""
    for state in board:
        tell_check(registry, state, now)


def tell_check(registry: SignalRegistry, state: CheckState, now: datetime) -> None:
    """Record how one check stands; what is not known is left out."""
    found, labels = _read_values(state, now.timestamp()), {"check": state.check.name}
    for name, value in found.items():
        if value is not None:
            registry.record(name, value, labels, at=now)
        elif name in SHARED:
            # Asked without a label, these speak for everybody: one that is silent must not make them say nothing.
            registry.forget(name, labels)


def _read_values(state: CheckState, now: float) -> dict[str, float | None]:
    if not state.is_fresh(now):
        return dict.fromkeys(SHARED)
    assert state.last is not None
    window, contract = summarise(state.list_recent(now)), state.contract
    latencies = {"p50": window.p50, "p95": window.p95, "p99": window.p99}
    return {
        "check.up": {"up": 1.0, "down": 0.0}.get(state.state),
        "check.failures": state.failures,
        "check.uptime": window.uptime,
        "check.latency_p50": window.p50,
        "check.latency_p95": window.p95,
        "check.latency_p99": window.p99,
        "check.tls_days": state.last.tls_days,
        "check.contract": None if contract is None or contract.passed is None else float(contract.passed),
        **{name: _to_seconds(latencies[quantile]) for name, quantile in SHARED.items()},
    }


def _to_seconds(latency_ms: float | None) -> float | None:
    return None if latency_ms is None else latency_ms / 1000
