"""Durable writes, beside the least that SQLite itself needs for one.

Ours are timed where they are asked for: in the server's event loop, which hands each to the writer's thread and goes on
when it is committed. The bare upsert is timed the same way, in the event loop of this process; what it takes without
the hand-over is said beside it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from gonogo.cli.loadtest.catalog import MARKER
from gonogo.cli.loadtest.figures import Figure, find_quantile, tell_times
from gonogo.cli.loadtest.lanes import Lane, open_lane, write_request
from gonogo.cli.loadtest.profiles import Profile
from gonogo.cli.loadtest.server import Server
from gonogo.client.gonogo import Gonogo

RATIO = 1.5
SAMPLED_S = 2.5
"""Signals are sampled every two seconds."""
_UPSERT = "INSERT INTO setting VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


async def measure_writes(server: Server, profile: Profile) -> list[Figure]:
    """The time until a write is committed, as the server measures it, and the round trip over HTTP."""
    if server.home is None:
        return [Figure(name="durable write, p99, beside a bare upsert", value=None, limit=RATIO, unit="×")]
    turns = await _write_in_turns(server, server.home, profile.writes)
    await asyncio.sleep(SAMPLED_S)
    committed = await asyncio.to_thread(_read_signal, server)
    upsert = find_quantile(turns.handed, 0.99)
    return [
        Figure(
            name="durable write, p99, beside a bare upsert",
            value=None if committed is None else committed / upsert,
            limit=RATIO,
            unit="×",
            note="not sampled" if committed is None else f"committed: p99 {committed * 1000:.2f} ms",
            reference=f"bare upsert: {tell_times(turns.handed)}; the statement alone: {tell_times(turns.alone)}",
        ),
        Figure(
            name="durable write over HTTP, p99",
            value=find_quantile(turns.trips, 0.99) * 1000,
            limit=max(5.0, 2 * RATIO * upsert * 1000),
            unit="ms",
            note=tell_times(turns.trips),
            reference="5 ms, or twice the ratio where the disk is slower",
        ),
    ]


class Turns(NamedTuple):
    """Seconds of each write over HTTP, and of each bare upsert: with its hand-over to a thread, and alone."""

    trips: list[float]
    handed: list[float]
    alone: list[float]


async def _write_in_turns(server: Server, home: Path, count: int) -> Turns:
    lane = await open_lane(server.url)
    database = open_bare(home)
    turns = Turns([], [], [])
    try:
        for number in range(1, count + 1):
            turns.trips.append(await put_marker(server, lane, number))
            started = time.perf_counter()
            turns.alone.append(await asyncio.to_thread(upsert, database, number))
            turns.handed.append(time.perf_counter() - started)
    finally:
        lane.close()
        database.close()
    return turns


async def put_marker(server: Server, lane: Lane, value: int) -> float:
    """Set the marker; gives the seconds that it took."""
    body = msgspec.json.encode({"value": value})
    request = write_request(server.url, f"/api/settings/{MARKER}", server.headers, "PUT", body)
    started = time.perf_counter()
    await lane.ask(request)
    return time.perf_counter() - started


def open_bare(home: Path) -> sqlite3.Connection:
    """A table of key and value beside the real database, so that both wait for the same disk."""
    database = sqlite3.connect(home / "loadtest.db", isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE IF NOT EXISTS setting (key TEXT PRIMARY KEY, value TEXT)")
    return database


def upsert(database: sqlite3.Connection, value: int) -> float:
    """Commit one value; gives the seconds that the statement takes."""
    started = time.perf_counter()
    database.execute(_UPSERT, (MARKER, str(value)))
    return time.perf_counter() - started


def _read_signal(server: Server) -> float | None:
    with Gonogo(server.url, server.key) as gonogo:
        series = gonogo.signals.show("settings.write_p99")["series"]
    return float(series[0]["samples"][-1][1]) if series and series[0]["samples"] else None
