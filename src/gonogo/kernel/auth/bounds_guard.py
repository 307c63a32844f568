"""Holding keys to what they are bound to; an attempt beyond it is refused and on the record."""

from __future__ import annotations

from typing import Any

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import ADMIN, OutOfBounds
from gonogo.kernel.clock import Clock
from gonogo.kernel.db.database import Database

NOTE_EVERY_S = 60.0
MOST_NOTED = 1000


class BoundsGuard:
    """Refuses, and keeps one event a minute for each key and thing: a taken-over host must not fill the event log."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._noted: dict[tuple[str, str], float] = {}

    async def check(self, actor: Actor, scope: str, asked: str, *, covered: bool) -> None:
        """Raise ``OutOfBounds`` unless ``covered``; people and keys with the scope admin are bound to nothing."""
        if covered or not is_bound(actor):
            return
        limits = actor.bound.describe() or "nothing yet"
        if self._is_due((actor.id, asked)):
            facts: dict[str, Any] = {"name": actor.name, "scope": scope, "asked": asked, "bound": limits}
            await self._db.write(lambda tx: tx.emit("key.out_of_bounds", actor.id, facts, actor))
        raise OutOfBounds(
            f"{actor.name} has the scope {scope} for {limits}, not for {asked}. Use the key that belongs to it, or "
            "have an administrator create one.",
            required_scope=scope,
            bound=limits,
        )

    def _is_due(self, what: tuple[str, str]) -> bool:
        now = self._clock.monotonic()
        if now - self._noted.get(what, -NOTE_EVERY_S) < NOTE_EVERY_S:
            return False
        if len(self._noted) >= MOST_NOTED:
            self._noted.clear()
        self._noted[what] = now
        return True


def is_bound(actor: Actor) -> bool:
    """Whether bounds count for this actor."""
    return actor.kind == "key" and ADMIN not in actor.scopes
