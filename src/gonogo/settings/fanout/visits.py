"""The audit log's record of who listened on the socket, written together so that a thousand comers cost little."""

from __future__ import annotations

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.db.database import Database, Tx
from gonogo.kernel.ids import new_id

FLUSH_S = 0.2


class Visit(msgspec.Struct, frozen=True):
    """One connection of somebody."""

    id: str
    actor: Actor
    address: str
    environment: str


class Visits:
    """Collects connects and disconnects; ``flush`` appends them to the event log."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[tuple[str, Visit, dict[str, object]]] = []

    def open(self, actor: Actor, address: str, environment: str) -> Visit:
        """Somebody connected."""
        visit = Visit(new_id(), actor, address, environment)
        self._waiting.append(("setting.client_connected", visit, {"address": address, "environment": environment}))
        return visit

    def close(self, visit: Visit, code: int) -> None:
        """The connection ended with this WebSocket close code; 1006 is one that was cut."""
        self._waiting.append(("setting.client_disconnected", visit, {"address": visit.address, "code": code}))

    async def flush(self) -> None:
        """Write what has come together."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []

        def change(tx: Tx) -> None:
            for name, visit, data in waiting:
                tx.emit(name, visit.id, data, visit.actor)

        await self._db.write(change)
