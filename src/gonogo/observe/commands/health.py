"""Writing health down: each change at once, and every component now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.observe.health import Component
from gonogo.observe.store.health import Memory, Remembered, write_health
from gonogo.observe.verdict import assess_all

WRITE_EVERY_S = 900
LOOK_S = 30.0


@dataclass(slots=True)
class HealthLedger:
    """What was last written of each component."""

    written: Memory = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def list_due(self, components: Sequence[Component], now: int) -> list[Component]:
        """Components that stand elsewhere than was written, or were written a quarter of an hour ago."""
        return [one for one in components if self._is_due(one, now)]

    def find_before(self, component: Component) -> str | None:
        """The status that was last written; None for a component that is new."""
        known = self.written.get((component.host, component.component))
        return known.status if known is not None else None

    def forget(self, host: str, component: str | None = None) -> None:
        """Leave out a host, or one component of it."""
        self.written = {
            key: known
            for key, known in self.written.items()
            if key[0] != host or (component is not None and key[1] != component)
        }

    def note(self, components: Sequence[Component], now: int) -> None:
        """These are written now."""
        for one in components:
            self.written[one.host, one.component] = Remembered(one.status, one.since or now, now)

    def _is_due(self, component: Component, now: int) -> bool:
        known = self.written.get((component.host, component.component))
        return known is None or known.status != component.status or now - known.written_at >= WRITE_EVERY_S


async def record_all(kernel: Kernel) -> None:
    """Write what has changed or is due of everything."""
    await record_health(kernel, assess_all(kernel).components)


async def record_health(kernel: Kernel, components: Sequence[Component]) -> None:
    """Write what has changed or is due of these components."""
    ledger, now = kernel.get_part(HealthLedger), int(kernel.clock.now().timestamp())
    async with ledger.lock:
        due = ledger.list_due(components, now)
        if due:
            before = {(one.host, one.component): ledger.find_before(one) for one in due}
            await kernel.db.write(partial(_write, due=due, before=before, now=now))
            ledger.note(due, now)


def _write(tx: Tx, *, due: Sequence[Component], before: Mapping[tuple[str, str], str | None], now: int) -> None:
    write_health(tx, due, now)
    for one in due:
        was = before[one.host, one.component]
        if was is not None and was != one.status:
            told = {"component": one.component, "before": was, "status": one.status, "score": one.score}
            why = {"reason": one.reason, "rule": one.rule, "value": one.value, "threshold": one.threshold}
            tx.emit("host.health_changed", one.host, told | why, SYSTEM)
