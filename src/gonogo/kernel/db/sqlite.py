"""SQLite: one writer thread that commits in groups, and a pool of read-only connections.

Many callers' changes share one commit (one fsync); each runs in its own savepoint, so that one failing
change undoes nobody else's.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from gonogo.kernel.clock import Clock
from gonogo.kernel.db.database import DatabaseFailed, Tx
from gonogo.kernel.db.failures import explain_failure
from gonogo.kernel.events.bus import Bus
from gonogo.kernel.events.event import Event

T = TypeVar("T")

GROUP_SIZE = 256
BUSY_TIMEOUT_S = 5.0
READERS = 4


class _Change(NamedTuple):
    run: Callable[[Tx], Any]
    future: asyncio.Future[Any]


class _Outcome(NamedTuple):
    future: asyncio.Future[Any]
    value: Any
    failure: BaseException | None


class _TransactionLost(Exception):
    """SQLite itself undid the transaction of a group; the cause says why."""


def open_engine(
    path: Path, *, synchronous: str = "FULL", read_only: bool = False, busy_timeout_s: float = BUSY_TIMEOUT_S
) -> Engine:
    """An engine whose transactions SQLAlchemy begins itself, as savepoints under sqlite3 need."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute(f"PRAGMA busy_timeout = {int(busy_timeout_s * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        if read_only:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


class SqliteDatabase:
    """The ``Database`` port over one file. Make it inside a running event loop."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        bus: Bus,
        *,
        synchronous: str = "FULL",
        busy_timeout_s: float = BUSY_TIMEOUT_S,
    ) -> None:
        self._clock = clock
        self._bus = bus
        self._loop = asyncio.get_running_loop()
        engine = partial(open_engine, path, synchronous=synchronous, busy_timeout_s=busy_timeout_s)
        self._writer_engine, self._reader_engine = engine(), engine(read_only=True)
        self._changes: queue.SimpleQueue[_Change | None] = queue.SimpleQueue()
        self._closed = False
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="db-reader")
        self._reader_connections = threading.local()
        self._open_readers: list[Connection] = []
        connection = self._writer_engine.connect()
        self._writer = threading.Thread(target=self._write_groups, args=(connection,), name="db-writer", daemon=True)
        self._writer.start()

    async def write(self, change: Callable[[Tx], T]) -> T:
        """See ``Database.write``. A change whose caller gave up before its turn is left out."""
        if self._closed:
            raise DatabaseFailed("Gonogo is stopping. Nothing was written; try again when it is back.")
        future: asyncio.Future[T] = self._loop.create_future()
        self._changes.put(_Change(change, future))
        return await future

    async def read(self, query: Callable[[Tx], T]) -> T:
        return await self._loop.run_in_executor(self._readers, self._run_query, query)

    async def ping(self) -> float:
        started = time.perf_counter()
        await self.read(lambda tx: tx.execute(text("SELECT 1")).scalar())
        return time.perf_counter() - started

    async def close(self) -> None:
        """See ``Database.close``."""
        self._closed = True
        self._changes.put(None)
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown(wait=True)
        for connection in self._open_readers:
            connection.close()
        self._writer_engine.dispose()
        self._reader_engine.dispose()

    def _run_query(self, query: Callable[[Tx], T]) -> T:
        connection: Connection | None = getattr(self._reader_connections, "connection", None)
        try:
            if connection is None:
                connection = self._reader_connections.connection = self._reader_engine.connect()
                self._open_readers.append(connection)
            with connection.begin():
                return _call(query, Tx(connection, self._clock))
        except (DBAPIError, sqlite3.Error) as error:
            raise explain_failure(error) from error

    def _write_groups(self, connection: Connection) -> None:
        with connection:
            while (first := self._changes.get()) is not None:
                group, ended = self._collect_group(first)
                self._commit_group(connection, [change for change in group if not change.future.cancelled()])
                if ended:
                    return

    def _collect_group(self, first: _Change) -> tuple[list[_Change], bool]:
        group = [first]
        while len(group) < GROUP_SIZE:
            try:
                following = self._changes.get_nowait()
            except queue.Empty:
                break
            if following is None:
                return group, True
            group.append(following)
        return group, False

    def _commit_group(self, connection: Connection, group: list[_Change]) -> None:
        tx = Tx(connection, self._clock)
        try:
            with connection.begin():
                outcomes = [_run_change(tx, change) for change in group]
        except Exception as error:  # noqa: BLE001 — whatever stopped the commit belongs to every caller of the group
            cause = error.__cause__ if isinstance(error, _TransactionLost) else error
            outcomes = [_Outcome(change.future, None, explain_failure(cause or error)) for change in group]
            tx.emitted.clear()
            # A COMMIT that fails leaves SQLite inside the transaction, which SQLAlchemy holds to be over.
            _get_raw(connection).rollback()
        # One call for the whole group: each wakes the event loop through a socket.
        self._loop.call_soon_threadsafe(self._tell, tuple(tx.emitted), outcomes)

    def _tell(self, events: tuple[Event, ...], outcomes: list[_Outcome]) -> None:
        self._bus.publish(events)
        for future, value, failure in outcomes:
            if future.done():
                continue
            if failure is None:
                future.set_result(value)
            else:
                future.set_exception(failure)


def _run_change(tx: Tx, change: _Change) -> _Outcome:
    emitted_before = len(tx.emitted)
    # Straight to sqlite3: SQLAlchemy compiles its savepoints anew each time.
    raw = _get_raw(tx.connection)
    raw.execute("SAVEPOINT change")
    try:
        value = _call(change.run, tx)
        raw.execute("RELEASE change")
    except BaseException as error:
        if not raw.in_transaction:
            # Some faults (a full disk, for one) make SQLite undo the whole transaction: every caller must hear of it.
            raise _TransactionLost from error
        raw.execute("ROLLBACK TO change")
        raw.execute("RELEASE change")
        del tx.emitted[emitted_before:]
        return _Outcome(change.future, None, explain_failure(error))
    return _Outcome(change.future, value, None)


def _get_raw(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.dbapi_connection)


def _call(work: Callable[[Tx], T], tx: Tx) -> T:
    try:
        return work(tx)
    except StopIteration as error:
        # A future can't carry this one: its caller would wait for ever.
        raise RuntimeError("the function given to the database raised StopIteration") from error
