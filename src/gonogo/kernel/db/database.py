"""The port every store is written against; ``sqlite.py`` is its first adapter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, CursorResult, Executable, insert

from gonogo.kernel.clock import Clock, format_instant
from gonogo.kernel.db.tables import event_log
from gonogo.kernel.errors import Unavailable
from gonogo.kernel.events.event import Event
from gonogo.kernel.ids import new_id

T = TypeVar("T")


class DatabaseBusy(Unavailable):
    """The database stayed locked for longer than a request may wait. Nothing was written."""

    type, title = "database-busy", "The database is busy"


class DatabaseFailed(Unavailable):
    """The disk below the database is full or broken. Nothing was written."""

    type, title = "database-failed", "The database can't be written"


_APPEND = insert(event_log)


class Tx:
    """One transaction, handed to the function that ``write`` or ``read`` runs. Not for keeping."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock
        self.emitted: list[Event] = []

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run one SQLAlchemy Core statement."""
        result: CursorResult[Any] = self.connection.execute(statement, parameters)
        return result

    def emit(self, name: str, subject: str, data: dict[str, Any], actor: Any) -> Event:
        """Append one event (past tense, ``release.started``) about ``subject``; it is published after commit.

        ``actor`` is whoever made the change: anything with ``id`` and ``name``.
        """
        row: dict[str, Any] = {
            "id": new_id(),
            "name": name,
            "subject": subject,
            "at": format_instant(self.clock.now()),
            "actor": actor.id,
            "actor_name": actor.name,
            "data": data,
        }
        place = self.execute(_APPEND, row).inserted_primary_key
        assert place is not None
        stored = Event(**row, seq=place[0])
        self.emitted.append(stored)
        return stored


class Database(Protocol):
    """Transactions over some engine. Functions run off the event loop and must not keep the ``Tx``."""

    async def write(self, change: Callable[[Tx], T]) -> T:
        """Run ``change`` alone in a transaction and return its value once it is committed.

        An exception from ``change`` undoes its own work only. Raises ``DatabaseBusy`` when the lock can't be had,
        ``DatabaseFailed`` when the disk refuses.
        """
        ...

    async def read(self, query: Callable[[Tx], T]) -> T:
        """Run ``query`` on a consistent snapshot, beside the writer."""
        ...

    async def ping(self) -> float:
        """Seconds that one trivial read takes."""
        ...

    async def close(self) -> None:
        """Finish what was queued and let go of every connection."""
        ...
