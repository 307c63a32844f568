"""SQLite: one writer thread, and a pool of read-only connections beside it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from gonogo.kernel.clock import Clock
from gonogo.kernel.db.database import DatabaseFailed, Tx
from gonogo.kernel.db.failures import explain_failure
from gonogo.kernel.db.writer import Change, Writer, call, get_driver
from gonogo.kernel.events.bus import Bus

T = TypeVar("T")

BUSY_TIMEOUT_S = 5.0
READERS = 4


def open_engine(
    path: Path, *, synchronous: str = "FULL", read_only: bool = False, busy_timeout_s: float = BUSY_TIMEOUT_S
) -> Engine:
    """An engine whose transactions begin when SQLAlchemy says so, unless one was begun on the driver before."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute(f"PRAGMA busy_timeout = {int(busy_timeout_s * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        if read_only:
            # The system's cache has the pages too; a second one for each reader costs memory and wins little.
            connection.execute("PRAGMA cache_size = -512")
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        driver = get_driver(connection)
        if not driver.in_transaction:
            driver.execute("BEGIN" if read_only else "BEGIN IMMEDIATE")

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
        self._loop = asyncio.get_running_loop()
        engine = partial(open_engine, path, synchronous=synchronous, busy_timeout_s=busy_timeout_s)
        self._writer_engine, self._reader_engine = engine(), engine(read_only=True)
        self._writer = Writer(self._writer_engine.connect(), clock, bus)
        self._closed = False
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="db-reader")
        self._reader_connections = threading.local()
        self._open_readers: list[Connection] = []

    async def write(self, change: Callable[[Tx], T]) -> T:
        """See ``Database.write``."""
        if self._closed:
            raise DatabaseFailed("Gonogo is stopping. Nothing was written; try again when it is back.")
        future: asyncio.Future[T] = self._loop.create_future()
        self._writer.put(Change(change, future))
        return await future

    async def read(self, query: Callable[[Tx], T]) -> T:
        return await self._loop.run_in_executor(self._readers, self._run_query, query)

    async def ping(self) -> float:
        started = time.perf_counter()
        await self.read(lambda tx: tx.run("SELECT 1").fetchone())
        return time.perf_counter() - started

    async def close(self) -> None:
        """See ``Database.close``."""
        self._closed = True
        await asyncio.to_thread(self._writer.finish)
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
                return call(query, Tx(connection, self._clock))
        except (DBAPIError, sqlite3.Error) as error:
            raise explain_failure(error) from error
