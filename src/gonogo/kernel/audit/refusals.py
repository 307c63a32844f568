"""Refusals on the record, bounded: one event a minute for each account (or address) and route, with their number."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial

import structlog

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.clock import Clock
from gonogo.kernel.db.database import Database, Tx
from gonogo.kernel.errors import Problem

log = structlog.get_logger()
WINDOW_S = 60.0
REMEMBERED = 10_000
LONGEST_REASON = 300


@dataclass(slots=True)
class _Window:
    until: float
    refusal: Refusal
    count: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody known asked for something that they may not do."""

    actor: Actor
    method: str
    route: str
    status: int
    why: str


class Refusals:
    """Writes ``access.refused``: the first one at once, those that follow within a minute together after it."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._windows: OrderedDict[tuple[str, str, str], _Window] = OrderedDict()

    async def record(self, refusal: Refusal) -> None:
        """Put one refusal on the record, or count it. It never fails: the refusal itself is what counts."""
        name = (refusal.actor.account or refusal.actor.id, refusal.method, refusal.route)
        window = self._windows.get(name)
        if window is not None and self._clock.monotonic() < window.until:
            window.count += 1
            return
        pending = window.count if window is not None else 0
        self._windows[name] = _Window(self._clock.monotonic() + WINDOW_S, refusal)
        self._windows.move_to_end(name)
        await self._write([(refusal, pending + 1)])
        if len(self._windows) > REMEMBERED:
            self._windows.popitem(last=False)

    async def flush(self, *, ended: bool = False) -> None:
        """Write the numbers of the minutes that are over; of all when the server has ``ended``."""
        now = self._clock.monotonic()
        over = [name for name, window in self._windows.items() if ended or window.until <= now]
        windows = [self._windows.pop(name) for name in over]
        await self._write([(window.refusal, window.count) for window in windows if window.count])

    async def _write(self, refusals: list[tuple[Refusal, int]]) -> None:
        if not refusals:
            return
        try:
            await self._db.write(partial(_emit, refusals=refusals))
        except Problem as problem:
            log.warning("a refusal is not on the record", why=problem.detail)


def _emit(tx: Tx, refusals: list[tuple[Refusal, int]]) -> None:
    for refusal, count in refusals:
        data = {
            "method": refusal.method,
            "route": refusal.route,
            "status": refusal.status,
            "why": refusal.why[:LONGEST_REASON],
            "count": count,
        }
        tx.emit("access.refused", f"{refusal.method} {refusal.route}"[:200], data, refusal.actor)
