"""Durable writes: a setting changed with history, event and snapshot, in turns with a bare upsert of the same safety.

First both in one process, so that nothing but the work differs; then ours through a server in another process, where
answers, the rounds of other rooms and a second process on the machine come on top (``gonogo.cli.loadtest.writing``).
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import msgspec
import uvloop
from _settings import print_figure, run_part

from gonogo.app import ROOMS
from gonogo.cli.loadtest.catalog import MARKER, make_catalogs
from gonogo.cli.loadtest.figures import Figure, find_quantile, tell_times
from gonogo.cli.loadtest.profiles import MEDIUM
from gonogo.cli.loadtest.server import Server
from gonogo.cli.loadtest.writing import RATIO, measure_writes, open_bare, upsert
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.clock import SystemClock
from gonogo.kernel.config import Config
from gonogo.kernel.db.wal import ROOM_AFTER_S
from gonogo.kernel.http.server import tune_interpreter
from gonogo.kernel.kernel import Kernel
from gonogo.settings.catalog import read_catalog
from gonogo.settings.commands.catalog import declare_catalog
from gonogo.settings.commands.values import set_value
from gonogo.settings.desk import Desk

ROUNDS = 5
PROFILE = msgspec.structs.replace(MEDIUM, writes=1000)
PAUSE_S = 0.002
"""Between two writes, so that one's leftovers don't count as the other's."""


async def measure_here() -> None:
    """Print a figure for every round of ours and the bare upsert in this process."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config(home=folder, admin_password="correct horse battery staple")
        async with Kernel(config, ROOMS, SystemClock()) as kernel:
            desk = kernel.get_part(Desk)
            for source, catalog in make_catalogs(PROFILE.settings):
                await declare_catalog(desk, SYSTEM, read_catalog(catalog, "json"), source=source)
            await asyncio.sleep(ROOM_AFTER_S + 1)  # ours is a process that has been up for a while
            with tune_interpreter():
                for number in range(ROUNDS):
                    print_figure(await _measure_round(desk, Path(folder), number * PROFILE.writes))


async def _measure_round(desk: Desk, folder: Path, first: int) -> Figure:
    database = open_bare(folder)
    ours, bare, alone = [], [], []
    for number in range(first + 1, first + PROFILE.writes + 1):
        await asyncio.sleep(PAUSE_S)
        began = time.perf_counter()
        await set_value(desk, SYSTEM, MARKER, number)
        ours.append(time.perf_counter() - began)
        await asyncio.sleep(PAUSE_S)
        began = time.perf_counter()
        alone.append(await asyncio.to_thread(upsert, database, number))
        bare.append(time.perf_counter() - began)
    database.close()
    p50 = find_quantile(ours, 0.5) / find_quantile(bare, 0.5)
    return Figure(
        name="durable write in one process, p99, beside a bare upsert",
        value=find_quantile(ours, 0.99) / find_quantile(bare, 0.99),
        limit=RATIO,
        unit="×",
        note=f"p50 {p50:.2f} ×; committed: {tell_times(ours)}",
        reference=f"bare upsert: {tell_times(bare)}; the statement alone: {tell_times(alone)}",
    )


async def measure(server: Server) -> list[Figure]:
    """The figures of every round through a server that has been up for a while."""
    await asyncio.sleep(ROOM_AFTER_S)
    return [figure for _ in range(ROUNDS) for figure in await measure_writes(server, PROFILE)]


if __name__ == "__main__":
    uvloop.run(measure_here())
    run_part(measure, PROFILE.settings)
