"""The room's numbers, read from the database so that they are the same whichever process delivers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from gonogo.kernel.clock import parse_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import Signal
from gonogo.webhooks.measures import Measures
from gonogo.webhooks.store.figures import Tally, Waiting, count_states, find_progress, read_waiting, tally_span

LOOK_S = 1.0
EVERY = 5
"""Looks without progress after which the figures are read all the same: time passes."""
SPAN = timedelta(minutes=10)
PROGRESSED = "webhook.progressed"
Reading = Iterable[tuple[dict[str, str], float]]


@dataclass(slots=True)
class Figures:
    """What signals and lights answer from; ``look`` keeps it fresh and tells open pages of progress."""

    kernel: Kernel
    measures: Measures
    tally: Tally = field(default_factory=Tally)
    waiting: Waiting = field(default_factory=Waiting)
    states: dict[str, int] = field(default_factory=dict)
    progress: int = -1
    idle: int = 0

    async def look(self) -> None:
        """Read the numbers when something was tried since the last look, or some time has passed."""
        progress = await self.kernel.db.read(find_progress)
        self.idle += 1
        if progress == self.progress and self.idle < EVERY:
            return
        moved, self.progress, self.idle = progress != self.progress, progress, 0
        self.tally, self.waiting, self.states = await self.kernel.db.read(_read)
        if moved:
            self.kernel.bus.notify(PROGRESSED, "")

    def read_oldest(self) -> Reading:
        """Age of the oldest delivery that is not over, seconds."""
        return self._read_age(self.waiting.oldest_at)

    def read_lag(self) -> Reading:
        """How long the most overdue delivery has waited for its attempt, seconds."""
        return self._read_age(self.waiting.overdue_at)

    def read_rate(self) -> Reading:
        """Percent of the last ten minutes' attempts that were taken; nothing when there were none."""
        rate = self.tally.success_rate
        return [] if rate is None else [({}, rate)]

    def read_mean(self) -> Reading:
        """Mean time of an attempt over the last ten minutes, seconds."""
        mean = self.tally.mean_ms
        return [] if mean is None else [({}, mean / 1000)]

    def _read_age(self, instant: str | None) -> Reading:
        if instant is None:
            return [({}, 0.0)]
        return [({}, max(0.0, (self.kernel.clock.now() - parse_instant(instant)).total_seconds()))]


def declare_figures(kernel: Kernel, figures: Figures) -> None:
    """Declare and provide ``webhooks.*``."""
    seconds = SPAN.total_seconds()
    for name, unit, description, provider in (
        ("webhooks.success_rate", "%", "webhook attempts that were taken, over ten minutes", figures.read_rate),
        ("webhooks.attempts", "/s", "webhook attempts, over ten minutes", lambda: figures.tally.total / seconds),
        ("webhooks.latency", "s", "mean time of a webhook attempt, over ten minutes", figures.read_mean),
        ("webhooks.pending", "", "webhook deliveries that are not over", lambda: figures.waiting.count),
        ("webhooks.oldest_pending", "s", "age of the oldest webhook delivery not over", figures.read_oldest),
        ("webhooks.lag", "s", "how long the most overdue webhook waits for its attempt", figures.read_lag),
        ("webhooks.failing_endpoints", "", "active endpoints that fail", lambda: figures.states.get("failing", 0)),
        ("webhooks.disabled_endpoints", "", "disabled endpoints", lambda: figures.states.get("disabled", 0)),
        ("webhooks.hooks_rejected", "", "hooks refused since the start", lambda: figures.measures.rejected),
    ):
        kernel.signals.declare(Signal(name, unit, description, (), "webhooks"))
        kernel.signals.provide(name, provider)


def _read(tx: Tx) -> tuple[Tally, Waiting, dict[str, int]]:
    return tally_span(tx, SPAN), read_waiting(tx), count_states(tx)
