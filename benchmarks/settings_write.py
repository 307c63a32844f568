"""A durable write: a setting changed with history, event and snapshot, beside a bare upsert with the same safety."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import uvloop
from _settings import MARKER, make_settings, quantile, report

from gonogo.app import create_app
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.config import load_config
from gonogo.kernel.http.server import serve_app
from gonogo.settings.commands.catalog import declare_catalog
from gonogo.settings.commands.values import set_value
from gonogo.settings.desk import Desk

SETTINGS = 10_000
ROUNDS = 10
WRITES = 100
TARGET_RATIO = 1.5
TARGET_MS = 5.0
_UPSERT = "INSERT INTO bare VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


async def measure_ours(desk: Desk, first: int) -> list[float]:
    """Milliseconds of each committed change, one after the other."""
    times = []
    for value in range(first, first + WRITES):
        started = time.perf_counter()
        await set_value(desk, SYSTEM, MARKER, value)
        times.append((time.perf_counter() - started) * 1000)
    return times


def measure_bare(connection: sqlite3.Connection) -> list[float]:
    """Milliseconds of each committed upsert, one after the other."""
    times = []
    for value in range(WRITES):
        started = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_UPSERT, (MARKER, str(value)))
        connection.execute("COMMIT")
        times.append((time.perf_counter() - started) * 1000)
    return times


async def main() -> None:
    """Measure in turn, so that the disk's moods strike both alike, and print."""
    ours: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory(prefix="gonogo-bench-") as folder:
        app = create_app(load_config({}, home=folder, log_level="error"))
        path = Path(folder) / "bare.db"
        async with serve_app(app, port=0):
            desk = app.state.kernel.get_part(Desk)
            await declare_catalog(desk, SYSTEM, make_settings(SETTINGS), source="benchmark")
            with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("CREATE TABLE bare (key TEXT PRIMARY KEY, value TEXT)")
                await measure_ours(desk, -WRITES)
                for number in range(ROUNDS):
                    ours += await measure_ours(desk, 1 + number * WRITES)
                    bare += await asyncio.to_thread(measure_bare, connection)
    p99, bare_p99 = quantile(ours, 0.99), quantile(bare, 0.99)
    measured = f"p50 {quantile(ours, 0.5):.2f} ms, p99 {p99:.2f} ms"
    report("durable write", measured, f"p99 < {TARGET_MS:.0f} ms", passed=p99 < TARGET_MS)
    told = f"bare p50 {quantile(bare, 0.5):.2f} ms, p99 {bare_p99:.2f} ms, ratio of p99 {p99 / bare_p99:.2f}"
    report("beside a bare upsert", told, f"ratio <= {TARGET_RATIO}", passed=p99 / bare_p99 <= TARGET_RATIO)


if __name__ == "__main__":
    uvloop.run(main())
