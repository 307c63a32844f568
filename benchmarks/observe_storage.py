"""A month of a hundred hosts in one file: bytes for each host and day, and a 30-day chart through HTTP.

The trace is recorded from a real machine under load and varied hour by hour; ``DISTINCT`` host-days are packed, and
laid out for every host and day with their rows of metric_aggregations, so the file has its real size within a
bounded time. Rows of processes are not in it. Cold means that the operating
system has been told to forget the file's pages and that the server has just started.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from pathlib import Path

import httpx
from _observe import PATH, quantile, read_trace, run_server, vary_hour

from gonogo.kernel.clock import SystemClock
from gonogo.kernel.config import Config
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.observe.blocks import make_cells, roll_day, roll_hour, write_cells, write_samples
from gonogo.observe.metrics import NAMES
from gonogo.observe.rollup import Cells
from gonogo.observe.schemas import Platform
from gonogo.observe.store.aggregating import write_hour
from gonogo.observe.store.recording import upsert_host
from gonogo.observe.store.sealing import Packed, upsert_blocks
from gonogo.observe.tiers import DAY, DAY_S, HOUR, ROLLED, Tier

HOSTS = 100
DAYS = 30
DISTINCT = 5
CHARTS = 200
TARGET_MB, TARGET_MS = 0.75, 100.0
Day = tuple[list[bytes], dict[str, list[Cells]]]


def make_day(chance: random.Random) -> Day:
    """A host-day: 24 packed hours, and what they add to each tier."""
    trace, raw = read_trace(), []
    cells: dict[str, list[Cells]] = {tier.name: [[] for _ in NAMES] for tier in ROLLED}
    for _ in range(24):
        samples = vary_hour(trace, chance)
        raw.append(write_samples(samples))
        for name, columns in roll_hour(samples).items():
            for column, fresh in zip(cells[name], columns, strict=True):
                column += fresh
    cells[DAY.name] = roll_day(cells[HOUR.name])
    return raw, cells


def lay_out(days: list[Day], first: int) -> list[Packed]:
    """All blocks of a host whose days these are."""
    packed = []
    for tier in ROLLED:
        blocks: dict[int, list[Cells]] = {}
        for place, (_, cells) in enumerate(days):
            put_day(blocks, tier, first + place * DAY_S, cells[tier.name])
        packed += [Packed(tier.name, start, 720, write_cells(columns)) for start, columns in blocks.items()]
    return packed


def put_day(blocks: dict[int, list[Cells]], tier: Tier, at: int, columns: list[Cells]) -> None:
    """Lay a day's cells into the tier's blocks."""
    for place in range(len(columns[0])):
        moment = at + place * tier.step_s
        block = blocks.setdefault(tier.find_start(moment), make_cells())
        for column, fresh in zip(block, columns, strict=True):
            column[tier.find_slot(moment)] = fresh[place]


async def fill(home: Path) -> dict[str, int]:
    """Write the month; gives packed bytes by tier."""
    chance = random.Random(7)
    distinct = [make_day(chance) for _ in range(DISTINCT)]
    first = int(time.time()) // DAY_S * DAY_S - (DAYS - 1) * DAY_S
    sizes: dict[str, int] = {}
    templates = {
        shift: lay_out([distinct[(shift + day) % DISTINCT] for day in range(DAYS)], first) for shift in range(DISTINCT)
    }
    async with Kernel(
        Config(home=str(home), database_synchronous="NORMAL", embedded=True), (), SystemClock()
    ) as kernel:
        for number in range(HOSTS):
            shift, host = number % DISTINCT, f"host-{number:03}"
            packed = list(templates[shift])
            for day in range(DAYS):
                hours = distinct[(shift + day) % DISTINCT][0]
                packed += [
                    Packed("raw", first + day * DAY_S + hour * 3600, 720, data) for hour, data in enumerate(hours)
                ]

            def write(tx: Tx, host: str = host, packed: list[Packed] = packed, shift: int = shift) -> None:
                upsert_host(tx, host, "benchmark", int(time.time()), Platform(), None)
                upsert_blocks(tx, host, packed)
                for day in range(DAYS):
                    hours = distinct[(shift + day) % DISTINCT][1][HOUR.name]
                    for hour in range(24):
                        write_hour(tx, host, first + day * DAY_S + hour * 3600, [[column[hour]] for column in hours])

            await kernel.db.write(write)
            for block in packed:
                sizes[block.tier] = sizes.get(block.tier, 0) + len(block.data)
    return sizes


def forget_pages(path: Path) -> None:
    """Have the operating system read the file from the disk again."""
    os.sync()
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def ask_charts(client: httpx.Client, points: int) -> list[float]:
    """Milliseconds of charts of ever other hosts and metrics."""
    times = []
    for number in range(CHARTS):
        query = {"host": f"host-{number % HOSTS:03}", "metric": NAMES[number * 7 % 24], "from": "30d", "points": points}
        started = time.perf_counter()
        answer = client.get(f"{PATH}/history", params=query)
        times.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, answer.text
        assert sum(value is not None for value in answer.json()["data"]["avg"]) > points * 0.4
    return times


def main() -> None:
    """Fill, measure, say."""
    with tempfile.TemporaryDirectory() as folder:
        home, started = Path(folder), time.perf_counter()
        sizes = asyncio.run(fill(home))
        file = home / "gonogo.db"
        print(
            f"{HOSTS} hosts, {DAYS} days, {len(NAMES)} metrics every 5 s: {file.stat().st_size / 1e6:.0f} MB "
            f"written in {time.perf_counter() - started:.0f} s"
        )
        for tier, size in sizes.items():
            print(f"  {tier:>4}: {size / HOSTS / DAYS / 1e3:7.1f} kB a host and day")
        daily = file.stat().st_size / HOSTS / DAYS / 1e6
        print(f"whole file: {daily:.3f} MB a host and day, ratio to the target {daily / TARGET_MB:.2f}")
        for points in (700, 2800):
            forget_pages(file)
            with run_server(home) as server, httpx.Client(base_url=server.url, headers=server.headers) as client:
                for name in ("cold", "warm"):
                    times = ask_charts(client, points)
                    p95 = quantile(times, 0.95)
                    print(
                        f"30-day chart, {points} points, {name}: p50 {quantile(times, 0.5):.1f} ms, p95 {p95:.1f} ms, "
                        f"slowest {max(times):.1f} ms, ratio to the target {p95 / TARGET_MS:.2f}"
                    )


if __name__ == "__main__":
    main()
