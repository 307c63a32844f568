"""The port every store is written against; ``sqlite.py`` is its first adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar, cast

import msgspec
from sqlalchemy import Connection, CursorResult, Executable

from gonogo.kernel.clock import Clock, format_instant
from gonogo.kernel.errors import Unavailable
from gonogo.kernel.events.chain import Head, hash_fields
from gonogo.kernel.events.event import Event
from gonogo.kernel.ids import new_id

T = TypeVar("T")


class DatabaseBusy(Unavailable):
    """The database stayed locked for longer than a request may wait. Nothing was written."""

    type, title = "database-busy", "The database is busy"


class DatabaseFailed(Unavailable):
    """The disk below the database is full or broken. Nothing was written."""

    type, title = "database-failed", "The database can't be written"


Parameters = Sequence[Any] | Mapping[str, Any]


class Cursor(Protocol):
    """What ``Tx.run`` answers: rows as tuples, to be read at once, and what became of the statement."""

    @property
    def rowcount(self) -> int: ...

    @property
    def lastrowid(self) -> int | None: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class _Driver(Protocol):
    def execute(self, sql: str, parameters: Parameters, /) -> Cursor: ...

    def executemany(self, sql: str, rows: Iterable[Parameters], /) -> Cursor: ...


# The head has a row of its own, or removing the newest entries would leave no trace.
_FIND_HEAD = "SELECT seq, hash, (SELECT max(seq) FROM event_log) FROM event_head"
_MOVE_HEAD = "UPDATE event_head SET seq = ?, hash = ?"
_APPEND = (
    "INSERT INTO event_log (seq, id, name, subject, at, actor, actor_name, account, address, request_id, data,"
    " previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Tx:
    """One transaction, handed to the function that ``write`` or ``read`` runs. Not for keeping."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock
        self.emitted: list[Event] = []
        self.deferred: list[Callable[[], None]] = []
        self.head: Head | None = None
        """Where the event log ends, once this transaction has looked. None makes it look again."""
        self._driver = cast(_Driver, connection.connection.dbapi_connection)

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run one SQLAlchemy Core statement."""
        result: CursorResult[Any] = self.connection.execute(statement, parameters)
        return result

    def run(self, sql: str, parameters: Parameters = ()) -> Cursor:
        """Run one statement of SQL text on the driver itself: 2 µs of overhead where ``execute`` has 60 to 100.

        For hot paths, in a store. Parameters stand in the text as ``?``, or as ``:name`` when they are a mapping; they
        and the rows are what the driver knows (JSON is text). Errors are the driver's: ``sqlite3.IntegrityError``.

        Example: ``tx.run("UPDATE leases SET fence = fence + 1 WHERE name = ? RETURNING fence", (name,)).fetchone()``
        """
        return self._driver.execute(sql, parameters)

    def run_many(self, sql: str, rows: Iterable[Parameters]) -> Cursor:
        """Run one statement for each of ``rows``; it can't answer rows itself. See ``run``."""
        return self._driver.executemany(sql, rows)

    def emit(self, name: str, subject: str, data: dict[str, Any], actor: Any) -> Event:
        """Append one event (past tense, ``release.started``) about ``subject``; it is published after commit.

        ``actor`` is whoever made the change: an ``Actor``, or anything with ``id`` and ``name``.
        """
        head = self.head or self._find_head()
        event = Event(
            name=name,
            subject=subject,
            at=format_instant(self.clock.now()),
            id=new_id(),
            seq=head.seq + 1,
            actor=actor.id,
            actor_name=actor.name,
            account=getattr(actor, "account", ""),
            address=getattr(actor, "address", ""),
            request_id=getattr(actor, "request_id", ""),
            data=data,
        )
        self.head = self._append(event, head)
        self.emitted.append(event)
        return event

    def _find_head(self) -> Head:
        # In the transaction that appends: another process may have written since the last one.
        seq, digest, newest = self.run(_FIND_HEAD).fetchone()
        return Head(max(seq, newest or 0), digest)

    def _append(self, event: Event, head: Head) -> Head:
        texts = (
            event.id,
            event.name,
            event.subject,
            event.at,
            event.actor,
            event.actor_name,
            event.account,
            event.address,
            event.request_id,
            msgspec.json.encode(event.data).decode(),
            head.hash,
        )
        seq = head.seq + 1
        digest = hash_fields(seq, *texts)
        self.run(_APPEND, (seq, *texts, digest))
        self.run(_MOVE_HEAD, (seq, digest))
        return Head(seq, digest)

    def after_commit(self, act: Callable[[], None]) -> None:
        """Call ``act`` on the event loop once this is committed, before events are published and the caller goes on.

        For what must follow a change even when its caller stopped waiting, as memory must follow the database. It has
        to be quick; what it raises goes to the caller.
        """
        self.deferred.append(act)


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
