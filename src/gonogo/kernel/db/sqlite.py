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
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from gonogo.kernel.clock import Clock
from gonogo.kernel.db.database import DatabaseBusy, Tx
from gonogo.kernel.events.bus import Bus

T = TypeVar("T")

GROUP_SIZE = 256
BUSY_TIMEOUT_S = 5.0
READERS = 4


class _Change(NamedTuple):
    run: Callable[[Tx], Any]
    future: Future[Any]


def open_engine(path: Path, *, synchronous: str = "FULL", read_only: bool = False) -> Engine:
    """An engine whose transactions SQLAlchemy begins itself, as savepoints under sqlite3 need."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        if read_only:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


class SqliteDatabase:
    """The ``Database`` port over one file. Make it inside a running event loop."""

    def __init__(self, path: Path, clock: Clock, bus: Bus, *, synchronous: str = "FULL") -> None:
        self._clock = clock
        self._bus = bus
        self._loop = asyncio.get_running_loop()
        self._writer_engine = open_engine(path, synchronous=synchronous)
        self._reader_engine = open_engine(path, synchronous=synchronous, read_only=True)
        self._changes: queue.SimpleQueue[_Change | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="db-reader")
        self._reader_connections = threading.local()
        self._open_readers: list[Connection] = []
        self._writer = threading.Thread(target=self._write_groups, name="db-writer", daemon=True)
        self._writer.start()

    async def write(self, change: Callable[[Tx], T]) -> T:
        future: Future[T] = Future()
        self._changes.put(_Change(change, future))
        return await asyncio.wrap_future(future)

    async def read(self, query: Callable[[Tx], T]) -> T:
        return await self._loop.run_in_executor(self._readers, self._run_query, query)

    async def ping(self) -> float:
        started = time.perf_counter()
        await self.read(lambda tx: tx.execute(text("SELECT 1")).scalar())
        return time.perf_counter() - started

    async def close(self) -> None:
        self._changes.put(None)
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown(wait=True)
        for connection in self._open_readers:
            connection.close()
        self._writer_engine.dispose()
        self._reader_engine.dispose()

    def _run_query(self, query: Callable[[Tx], T]) -> T:
        connection: Connection | None = getattr(self._reader_connections, "connection", None)
        if connection is None:
            connection = self._reader_connections.connection = self._reader_engine.connect()
            self._open_readers.append(connection)
        with connection.begin():
            return query(Tx(connection, self._clock))

    def _write_groups(self) -> None:
        with self._writer_engine.connect() as connection:
            while (first := self._changes.get()) is not None:
                group, ended = self._collect_group(first)
                self._commit_group(connection, group)
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
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with connection.begin():
                outcomes.extend(self._run_change(tx, change) for change in group)
        except Exception as error:  # noqa: BLE001 — whatever stopped the commit belongs to every caller of the group
            self._fail_group(group, error)
            return
        if tx.emitted:
            self._loop.call_soon_threadsafe(self._bus.publish, tuple(tx.emitted))
        for future, value, failure in outcomes:
            _settle(future, value, failure)

    def _run_change(self, tx: Tx, change: _Change) -> tuple[Future[Any], Any, BaseException | None]:
        emitted_before = len(tx.emitted)
        try:
            with tx.connection.begin_nested():
                return change.future, change.run(tx), None
        except Exception as error:  # noqa: BLE001 — handed to the caller that waits on the future
            del tx.emitted[emitted_before:]
            return change.future, None, error

    def _fail_group(self, group: list[_Change], error: Exception) -> None:
        failure: Exception = error
        if isinstance(error, OperationalError) and "locked" in str(error):
            failure = DatabaseBusy(
                f"Another program has locked the database for {BUSY_TIMEOUT_S:.0f} s. Nothing was written; try again.",
                headers={"Retry-After": "1"},
            )
        for change in group:
            _settle(change.future, None, failure)


def _settle(future: Future[Any], value: Any, failure: BaseException | None) -> None:
    if not future.set_running_or_notify_cancel():
        return
    if failure is None:
        future.set_result(value)
    else:
        future.set_exception(failure)
