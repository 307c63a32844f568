"""The signals of alerts, for gates and pages; and how long each host has been silent, for a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import Signal
from gonogo.kernel.signals.registry import Provider
from gonogo.observe.alerts.defaults import SILENCE
from gonogo.observe.alerts.rule import SEVERITIES
from gonogo.observe.alerts.watch import Watch
from gonogo.observe.fleet import Fleet

Values = Iterable[tuple[dict[str, str], float]]
_SEVERITY = ("severity",)


def declare_alert_signals(kernel: Kernel, watch: Watch, fleet: Fleet) -> None:
    """Declare and provide ``alerts.*`` and ``host.silent_for``."""

    def count_firing() -> Values:
        firing = Counter(watch.rules[key.rule].severity for key, track in watch.list_open() if track.is_firing)
        return [({"severity": severity}, firing[severity]) for severity in SEVERITIES]

    def count_state(state: str) -> float:
        return sum(track.state == state for track in watch.tracks.values())

    def read_silence() -> Values:
        now = kernel.clock.now().timestamp()
        return [
            ({"host": state.host}, max(0.0, now - (state.sample.at if state.sample else state.first_seen)))
            for state in fleet
        ]

    def count_unsent() -> float:
        return sum(count for count, _ in watch.unsent.values())

    found: tuple[tuple[str, str, tuple[str, ...], str, Provider], ...] = (
        ("alerts.firing", "", _SEVERITY, "alerts that fire", count_firing),
        ("alerts.pending", "", (), "alerts that are about to fire", lambda: count_state("pending")),
        ("alerts.no_data", "", (), "series of rules that report no longer", lambda: count_state("no_data")),
        ("alerts.unsent", "", (), "notifications that no receiver has taken yet", count_unsent),
        ("alerts.look_time", "s", (), "time that the last look at all rules took", lambda: watch.look_took_s),
        (SILENCE, "s", ("host",), "age of the host's newest sample", read_silence),
    )
    for name, unit, labels, description, provider in found:
        kernel.signals.declare(Signal(name, unit, description, labels, "observe"))
        if name != SILENCE or not kernel.config.embedded:
            kernel.signals.provide(name, provider)
