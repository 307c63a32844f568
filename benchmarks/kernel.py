"""What the kernel costs: a request against a bare Litestar route, a durable write against bare sqlite3.

``python benchmarks/kernel.py`` (needs wrk). Both sides run alternately with the same server settings and the same
``synchronous = FULL``; each line ends in a ratio, ours to theirs.
"""

from __future__ import annotations

import asyncio
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import uvicorn
import uvloop
from litestar import Litestar, get
from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlalchemy.dialects.sqlite import insert

from gonogo.app import create_app
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.clock import SystemClock
from gonogo.kernel.config import Config
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.migrate import migrate_database
from gonogo.kernel.db.sqlite import SqliteDatabase
from gonogo.kernel.events.bus import Bus
from gonogo.kernel.http.server import configure_server, serve_app

ROUNDS = 5
SECONDS = 3
CONNECTIONS = 32
WRITES = 300
WRITERS = 32
ROUTE = "/api/v1/auth/me"
NUMBERS = Table("numbers", MetaData(), Column("name", String, primary_key=True), Column("value", Integer))
UPSERT = insert(NUMBERS).on_conflict_do_update(index_elements=["name"], set_={"value": insert(NUMBERS).excluded.value})
RAW_UPSERT = "INSERT INTO numbers VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


@get(ROUTE, sync_to_thread=False)
def read_nobody() -> dict[str, Any]:
    """An answer of the same size; nobody is asked who he is."""
    return {"status": "success", "data": {"id": "local", "name": "ann@host", "kind": "local", "role": "admin"}}


async def serve_gonogo(home: str) -> None:
    """Our server until standard input ends; its address goes to standard output."""
    async with serve_app(create_app(Config(home=home)), port=0) as address:
        print(address.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


async def serve_bare() -> None:
    """The bare route on the same server settings."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(configure_server(Litestar([read_nobody], openapi_config=None)))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await serving


class Server(NamedTuple):
    """A server process and its address."""

    pid: int
    url: str


@contextmanager
def run_server(which: str, home: str) -> Iterator[Server]:
    """This file as a server process."""
    command = [sys.executable, __file__, which, home]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Server(process.pid, process.stdout.readline().strip())
        process.communicate()


class Load(NamedTuple):
    """Requests a second, and the server's CPU time for each in µs: that one holds on a busy machine too."""

    rate: float
    cpu: float


def load_route(server: Server, *headers: str) -> Load:
    """One route under load for a while."""
    process = psutil.Process(server.pid)
    options = [option for header in headers for option in ("-H", header)]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *options, server.url + ROUTE]
    before = process.cpu_times()
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    after = process.cpu_times()
    assert "Non-2xx" not in told, told
    requests = int(re.findall(r"(\d+) requests in", told)[0])
    spent = after.user + after.system - before.user - before.system
    return Load(float(re.findall(r"Requests/sec:\s+([\d.]+)", told)[0]), spent / requests * 1e6)


def compare_requests(home: str) -> None:
    """A signed-in request of ours and a bare one, alternately."""
    with run_server("gonogo", home) as ours, run_server("bare", home) as bare:
        key = (Path(home) / "local.key").read_text().strip()
        pairs = [(load_route(ours, f"Authorization: Bearer {key}"), load_route(bare)) for _ in range(ROUNDS)]
    for name, unit, place in (("throughput", "/s", 0), ("CPU", "µs", 1)):
        mine, theirs = (statistics.median(load[place] for load in side) for side in zip(*pairs, strict=True))
        print(
            f"GET, {name:<12} {mine:8.0f} {unit:<2}  bare Litestar {theirs:8.0f} {unit:<2}  ratio {mine / theirs:.2f}"
        )


def upsert(tx: Tx, number: int) -> None:
    """One row."""
    tx.execute(UPSERT, {"name": f"n{number % 50}", "value": number})


def upsert_and_tell(tx: Tx, number: int) -> None:
    """One row and its event, as every change of ours is made."""
    upsert(tx, number)
    tx.emit("number.changed", f"n{number % 50}", {"value": number}, SYSTEM)


async def time_ours(db: SqliteDatabase, change: Callable[..., None]) -> list[float]:
    """Seconds of each write, one after the other."""
    return [await _time(partial(db.write, partial(change, number=number))) for number in range(WRITES)]


async def time_raw(connection: sqlite3.Connection, *, hop: bool) -> list[float]:
    """The same with bare sqlite3, on this thread or (as an asynchronous program must) on another."""

    def write(number: int) -> None:
        connection.execute(RAW_UPSERT, (f"n{number % 50}", number))
        connection.commit()

    async def call(number: int) -> None:
        await asyncio.to_thread(write, number) if hop else write(number)

    return [await _time(partial(call, number)) for number in range(WRITES)]


async def _time(work: Callable[..., Awaitable[None]]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


async def time_crowd(db: SqliteDatabase) -> float:
    """Writes a second of many callers at once."""

    async def write_some() -> None:
        for number in range(WRITES // 10):
            await db.write(partial(upsert_and_tell, number=number))

    started = time.perf_counter()
    await asyncio.gather(*(write_some() for _ in range(WRITERS)))
    return WRITERS * (WRITES // 10) / (time.perf_counter() - started)


async def compare_writes(folder: str) -> None:
    """Durable writes, alternately."""
    ours, raw_path, clock = Path(folder) / "ours.db", Path(folder) / "raw.db", SystemClock()
    migrate_database(ours)
    for path in (ours, raw_path):
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript("PRAGMA journal_mode = WAL; CREATE TABLE numbers (name TEXT PRIMARY KEY, value)")
    db = SqliteDatabase(ours, clock, Bus(clock))
    times: dict[str, list[float]] = {"upsert": [], "upsert and event": [], "raw": [], "raw, other thread": []}
    crowd: list[float] = []
    with closing(sqlite3.connect(raw_path, check_same_thread=False)) as raw:
        raw.execute("PRAGMA synchronous = FULL")
        for _ in range(ROUNDS):
            times["upsert"] += await time_ours(db, upsert)
            times["raw"] += await time_raw(raw, hop=False)
            times["upsert and event"] += await time_ours(db, upsert_and_tell)
            times["raw, other thread"] += await time_raw(raw, hop=True)
            crowd.append(await time_crowd(db))
    await db.close()
    report_writes(times, statistics.median(crowd))


def report_writes(times: dict[str, list[float]], crowd: float) -> None:
    """One line a kind of write, against bare sqlite3 on its own thread."""
    p50, p99 = (statistics.quantiles(times["raw"], n=100)[place] for place in (49, 98))
    for name, taken in times.items():
        cut = statistics.quantiles(taken, n=100)
        ratios = f"ratio {cut[49] / p50:.2f} {cut[98] / p99:.2f}"
        print(f"write, {name:<18} p50 {cut[49] * 1000:6.3f} ms  p99 {cut[98] * 1000:6.3f} ms  {ratios}")
    print(f"write, {WRITERS} at once  {crowd:8.0f}/s  bare sqlite3 {1 / p50:8.0f}/s  ratio {crowd * p50:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["gonogo"]:
        uvloop.run(serve_gonogo(sys.argv[2]))
    elif sys.argv[1:2] == ["bare"]:
        uvloop.run(serve_bare())
    else:
        with tempfile.TemporaryDirectory() as folder:
            compare_requests(str(Path(folder) / "home"))
            uvloop.run(compare_writes(folder))
