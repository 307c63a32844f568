"""The write-ahead log: room made ahead changes nothing, and a pause is when it is made."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.db.sqlite import SqliteDatabase
from gonogo.kernel.db.wal import REST_AFTER, ROOM_AFTER_S, ROOM_BYTES, WriteAheadLog, make_room
from gonogo.kernel.events.bus import Bus
from tests.fake_clock import FakeClock

MEGABYTE = 1_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.db"


@pytest.fixture
def driver(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as driver:
        driver.execute("PRAGMA journal_mode = WAL")
        driver.execute("PRAGMA busy_timeout = 50")
        driver.execute("CREATE TABLE kept (value)")
        driver.execute("INSERT INTO kept VALUES ('before')")
        yield driver


def measure_log(path: Path) -> int:
    log = path.with_name(f"{path.name}-wal")
    return log.stat().st_size if log.exists() else 0


def read_all(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert [name for (name,) in other.execute("SELECT name FROM sqlite_master")] == ["kept"]
        return [value for (value,) in other.execute("SELECT value FROM kept")]


def test_room_is_made_and_nothing_is_changed(driver: sqlite3.Connection, path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        seen = other.execute("PRAGMA data_version").fetchone()
        make_room(driver, 6 * MEGABYTE)
        assert measure_log(path) >= 6 * MEGABYTE
        assert other.execute("PRAGMA data_version").fetchone() == seen, "nobody else sees a change"
    long = measure_log(path)
    for number in range(100):
        driver.execute("INSERT INTO kept VALUES (?)", (str(number),))
    assert measure_log(path) == long, "commits use the room"
    assert read_all(path) == ["before", *(str(number) for number in range(100))]


def test_a_log_that_is_long_enough_is_left_alone(driver: sqlite3.Connection, path: Path) -> None:
    make_room(driver, 6 * MEGABYTE)
    statements: list[str] = []
    driver.set_trace_callback(statements.append)
    make_room(driver, 4 * MEGABYTE)
    assert statements == ["PRAGMA database_list"]


def test_who_is_killed_while_making_room_has_lost_nothing(driver: sqlite3.Connection, path: Path) -> None:
    driver.close()
    program = f"""
import os, sqlite3
from gonogo.kernel.db import wal
driver = sqlite3.connect({str(path)!r}, isolation_level=None)
driver.execute("INSERT INTO kept VALUES ('committed')")
wal.os.fsync = lambda _file: os.kill(os.getpid(), 9)
class Killed:
    def __getattr__(self, name): return getattr(driver, name)
    def rollback(self): os.kill(os.getpid(), 9)
wal.make_room(Killed(), {6 * MEGABYTE})
"""
    killed = subprocess.run([sys.executable, "-c", program], check=False)
    assert killed.returncode == -9
    assert measure_log(path) >= 4 * MEGABYTE, "it was in the middle of it"
    assert read_all(path) == ["before", "committed"]


def test_room_that_can_not_be_made_is_done_without(driver: sqlite3.Connection, path: Path, clock: FakeClock) -> None:
    wal = WriteAheadLog(driver, clock)
    clock.advance(ROOM_AFTER_S)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, capture_logs() as told:
        other.execute("BEGIN IMMEDIATE")
        wal.tend()
        other.execute("ROLLBACK")
    assert [line["why"] for line in told] == ["database is locked"]
    driver.execute("INSERT INTO kept VALUES ('after')")
    assert read_all(path) == ["before", "after"]


def test_a_pause_is_of_use_after_some_commits_or_some_time(driver: sqlite3.Connection, clock: FakeClock) -> None:
    wal = WriteAheadLog(driver, clock)
    assert not wal.is_due
    for _ in range(REST_AFTER):
        wal.note_commit()
    assert wal.is_due
    wal.tend()
    assert not wal.is_due
    clock.advance(ROOM_AFTER_S)
    assert wal.is_due
    wal.tend()
    clock.advance(ROOM_AFTER_S)
    assert not wal.is_due, "once in a process' life"


async def test_a_writer_that_lives_makes_room_in_its_first_pause(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "gonogo.db"
    migrate_database(path)
    db = SqliteDatabase(path, clock, Bus(clock))
    statements: queue.SimpleQueue[str] = queue.SimpleQueue()
    db._writer._driver.set_trace_callback(statements.put)
    clock.advance(ROOM_AFTER_S)
    await db.write(lambda tx: tx.run("PRAGMA user_version").fetchone())
    while await asyncio.to_thread(statements.get, timeout=30) != "PRAGMA shrink_memory":
        continue
    assert measure_log(path) >= ROOM_BYTES
    assert await db.read(find_events) == []
    await db.close()
