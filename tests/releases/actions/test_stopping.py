"""An action that a person stops changes nothing any more."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from gonogo.releases.actions.stopping import Stopped, check_stop, get_stopping, run_program, run_stoppable
from gonogo.releases.running.acting import run_until
from tests.releases.actions.stage import Stage


def _fill(path: Path, rows: int) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE IF NOT EXISTS visits (id INTEGER)")
        database.executemany("INSERT INTO visits VALUES (?)", [(number,) for number in range(rows)])
        database.commit()


def _count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        return int(database.execute("SELECT count(*) FROM visits").fetchone()[0])


async def test_restore_that_waits_for_a_lock_is_stopped_for_good(stage: Stage, workdir: Path) -> None:
    path = workdir / "shop.db"
    _fill(path, 3)
    assert (await stage.perform("backup", sqlite="shop.db", to="kept")).passed
    _fill(path, 101)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        stop = asyncio.Event()
        restoring = asyncio.create_task(run_until(stage.perform("restore", to="kept"), stop, 60))
        await asyncio.sleep(1.0)
        assert not restoring.done()
        stop.set()
        assert await asyncio.wait_for(restoring, 10) is None
        holder.execute("COMMIT")
    await asyncio.sleep(1.0)
    assert _count(path) == 104
    assert not [name for name in os.listdir(workdir) if name.endswith(".damaged")]  # noqa: PTH208


async def test_restore_goes_on_once_the_lock_is_free(stage: Stage, workdir: Path) -> None:
    path = workdir / "shop.db"
    _fill(path, 3)
    assert (await stage.perform("backup", sqlite="shop.db", to="kept")).passed
    _fill(path, 101)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        restoring = asyncio.create_task(stage.perform("restore", to="kept"))
        await asyncio.sleep(0.5)
        holder.execute("COMMIT")
    assert (await restoring).passed
    assert _count(path) == 3


async def test_work_has_ended_before_the_stop_returns() -> None:
    steps: list[str] = []
    begun = threading.Event()

    def work() -> None:
        steps.append("first")
        begun.set()
        time.sleep(0.3)
        check_stop()
        steps.append("second")

    task = asyncio.create_task(run_stoppable(work))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    left = list(steps)
    await asyncio.sleep(0.5)
    assert steps == left == ["first"]


async def test_program_under_way_is_ended() -> None:
    task = asyncio.create_task(run_stoppable(lambda: run_program(["sleep", "300"], {"PATH": "/usr/bin:/bin"})))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 10)


def test_what_interrupts_is_called_once_and_not_afterwards() -> None:
    called: list[str] = []
    stopping = get_stopping()
    with stopping.interrupting(lambda: called.append("over")):
        pass
    with stopping.interrupting(lambda: called.append("within")):
        stopping.stop()
    assert called == ["within"]
    with pytest.raises(Stopped), stopping.interrupting(lambda: called.append("never")):
        pass
