"""The room's own signals."""

from __future__ import annotations

from functools import partial

from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import Signal
from gonogo.releases import store

_SIGNALS = (
    Signal("releases.running", "", "Releases under way, those that wait for a person included", source="releases"),
    Signal("releases.held", "", "Releases held for a person", source="releases"),
    Signal("releases.failed_last", "", "1 when the last finished release was NO-GO, else 0", source="releases"),
    Signal(
        "releases.rollback_seconds", "s", "How long the rollback of the last finished release took", source="releases"
    ),
)
COUNT_EVERY_S = 2.0


class Counts:
    """The last counts, for providers that must not wait."""

    def __init__(self) -> None:
        self.values: dict[str, float | None] = {signal.name: None for signal in _SIGNALS}

    async def refresh(self, kernel: Kernel) -> None:
        """Count again."""
        self.values.update(await kernel.db.read(_count))


def declare_signals(kernel: Kernel) -> None:
    """Make the room's signals known and answer for them."""
    counts = Counts()
    kernel.add_part(counts)
    for signal in _SIGNALS:
        kernel.signals.declare(signal)
        kernel.signals.provide(signal.name, partial(counts.values.get, signal.name))


def _count(tx: Tx) -> dict[str, float | None]:
    by_status = store.count_runs(tx)
    last = store.find_last_finished(tx)
    held, finished = by_status.get("held", 0), by_status.get("finished", 0)
    return {
        "releases.running": float(sum(by_status.values()) - held - finished),
        "releases.held": float(held),
        "releases.failed_last": float(last["verdict"] == "no_go") if last else None,
        "releases.rollback_seconds": last["rollback_seconds"] if last else None,
    }
