"""The numbers of this room: who is up, how often it crashed, what it uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import Signal
from gonogo.services.keepers import Keepers
from gonogo.services.state import KeeperState
from gonogo.services.usage import Meter

MEASURE_S = 2.0
_SIGNALS: tuple[tuple[str, str, Callable[[KeeperState | None], float]], ...] = (
    ("service.up", "1 while requests are answered, else 0", lambda state: float(state is not None and state.is_ready)),
    ("service.ready", "processes of the active version that are ready", lambda s: s.ready_count if s else 0),
    (
        "service.restarts",
        "crashes since its processes were first started",
        lambda state: sum(each.restarts for each in state.instances) if state else 0,
    ),
)


def declare_signals(kernel: Kernel) -> None:
    """Declare them; they have data as soon as gonogo.toml has services."""
    for name, description, _ in _SIGNALS:
        kernel.signals.declare(Signal(name, "", description, ("service",), "services"))


def provide_signals(kernel: Kernel) -> None:
    """Report them from now on, and ``process.rss`` and ``process.cpu`` of each service beside Gonogo's own."""
    keepers = kernel.get_part(Keepers)

    def read(measure: Callable[[KeeperState | None], float]) -> Iterable[tuple[dict[str, str], float]]:
        return [({"service": name}, measure(keepers.find_state(name))) for name in keepers.definitions]

    for name, _, measure in _SIGNALS:
        kernel.signals.provide(name, lambda measure=measure: read(measure))  # type: ignore[misc]
    kernel.tasks.repeat("measure services", MEASURE_S, lambda: _measure(kernel, keepers))


async def _measure(kernel: Kernel, keepers: Keepers) -> None:
    meter, now = kernel.get_part(Meter), kernel.clock.now()
    meter.look(keepers.states)
    for name, usage in meter.usage.items():
        if usage.processes:
            kernel.signals.record("process.rss", usage.rss, {"service": name}, at=now)
            kernel.signals.record("process.cpu", usage.cpu, {"service": name}, at=now)
