"""SQLite's one writer: a thread that commits in groups.

Many callers' changes share one commit (one fsync); each of a group runs in its own savepoint, so that one failing
change undoes nobody else's.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import Connection

from gonogo.kernel.clock import Clock
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.failures import explain_failure
from gonogo.kernel.db.wal import WriteAheadLog
from gonogo.kernel.events.bus import Bus
from gonogo.kernel.events.event import Event

T = TypeVar("T")

GROUP_SIZE = 256
REST_S = 0.25
"""A pause as long as this is used to tend the write-ahead log."""


class Change(NamedTuple):
    """What somebody wants done, and who waits for it."""

    run: Callable[[Tx], Any]
    future: asyncio.Future[Any]


class _Outcome(NamedTuple):
    future: asyncio.Future[Any]
    value: Any = None
    failure: BaseException | None = None
    deferred: Sequence[Callable[[], None]] = ()

    def act(self) -> _Outcome:
        """Do what was to be done after the commit."""
        try:
            for act in self.deferred:
                act()
        except Exception as error:  # noqa: BLE001 — it is the caller's, who waits for it
            return self._replace(failure=error)
        return self


class _TransactionLost(Exception):
    """SQLite itself undid the transaction of a group; the cause says why."""


class Writer:
    """Runs changes in the order they were put, alone on ``connection``. Make it inside a running event loop."""

    def __init__(self, connection: Connection, clock: Clock, bus: Bus) -> None:
        self._connection = connection
        self._driver = get_driver(connection)
        self._wal = WriteAheadLog(self._driver, clock)
        self._clock = clock
        self._bus = bus
        self._loop = asyncio.get_running_loop()
        self._changes: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="db-writer", daemon=True)
        self._thread.start()

    def put(self, change: Change) -> None:
        """Let the change be run. One whose caller gave up before its turn is left out."""
        self._changes.put(change)

    def finish(self) -> None:
        """Run what was put, then let go of the connection. Blocks."""
        self._changes.put(None)
        self._thread.join()

    def _work(self) -> None:
        with self._connection:
            while (first := self._await_change()) is not None:
                group, ended = self._collect_group(first)
                self._commit_group([change for change in group if not change.future.cancelled()])
                if ended:
                    return

    def _await_change(self) -> Change | None:
        if not self._wal.is_due:
            return self._changes.get()
        try:
            return self._changes.get(timeout=REST_S)
        except queue.Empty:
            self._wal.tend()
            return self._changes.get()

    def _collect_group(self, first: Change) -> tuple[list[Change], bool]:
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

    def _commit_group(self, group: list[Change]) -> None:
        tx = Tx(self._connection, self._clock)
        try:
            self._driver.execute("BEGIN IMMEDIATE")
            # One alone needs no savepoint: what undoes it undoes the transaction.
            run = self._run_alone if len(group) == 1 else self._run_beside
            outcomes = [run(tx, change) for change in group]
            self._driver.execute("COMMIT")
            self._wal.note_commit()
        except BaseException as error:  # noqa: BLE001 — whatever stopped the commit belongs to every caller of the group
            cause = error.__cause__ if isinstance(error, _TransactionLost) else error
            outcomes = [_Outcome(change.future, failure=explain_failure(cause or error)) for change in group]
            tx.emitted.clear()
            # A COMMIT that fails leaves SQLite inside the transaction.
            self._driver.rollback()
        if self._connection.in_transaction():
            # SQLAlchemy, if anybody used it, holds its own to be under way still.
            self._connection.rollback()
        # One call for the whole group: each wakes the event loop through a socket.
        self._loop.call_soon_threadsafe(self._tell, tuple(tx.emitted), outcomes)

    def _run_alone(self, tx: Tx, change: Change) -> _Outcome:
        value = call(change.run, tx)
        return _Outcome(change.future, value, deferred=tx.deferred)

    def _run_beside(self, tx: Tx, change: Change) -> _Outcome:
        emitted_before, deferred_before = len(tx.emitted), len(tx.deferred)
        self._driver.execute("SAVEPOINT change")
        try:
            value = call(change.run, tx)
            self._driver.execute("RELEASE change")
        except BaseException as error:
            if not self._driver.in_transaction:
                # Some faults (a full disk, for one) make SQLite undo it all: every caller must hear of it.
                raise _TransactionLost from error
            self._driver.execute("ROLLBACK TO change")
            self._driver.execute("RELEASE change")
            del tx.emitted[emitted_before:]
            del tx.deferred[deferred_before:]
            tx.head = None
            return _Outcome(change.future, failure=explain_failure(error))
        return _Outcome(change.future, value, deferred=tx.deferred[deferred_before:])

    def _tell(self, events: tuple[Event, ...], outcomes: list[_Outcome]) -> None:
        outcomes = [outcome.act() for outcome in outcomes]
        self._bus.publish(events)
        for future, value, failure, _ in outcomes:
            if future.done():
                continue
            if failure is None:
                future.set_result(value)
            else:
                future.set_exception(failure)


def get_driver(connection: Connection) -> sqlite3.Connection:
    """The sqlite3 connection below SQLAlchemy's."""
    return cast(sqlite3.Connection, connection.connection.dbapi_connection)


def call(work: Callable[[Tx], T], tx: Tx) -> T:
    """``work(tx)``, with no exception that a future can't carry."""
    try:
        return work(tx)
    except StopIteration as error:
        # A future can't carry this one: its caller would wait for ever.
        raise RuntimeError("the function given to the database raised StopIteration") from error
