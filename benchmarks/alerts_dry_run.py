"""How long a dry run over a month takes, and what it holds of memory: one rule, ten hosts, a recorded trace varied."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time

import psutil
from _observe import read_trace, vary_hour

from gonogo.app import ROOMS
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.config import Config
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.observe.blocks import write_samples
from gonogo.observe.commands.alerts_trying import dry_run
from gonogo.observe.schemas import Platform
from gonogo.observe.store.recording import upsert_host
from gonogo.observe.store.sealing import Packed, upsert_blocks

HOSTS, DAYS, DISTINCT = 10, 30, 24
RULE = "host-cpu-warning"


def fill(tx: Tx) -> None:
    """A month of packed hours of every host."""
    chance, now = random.Random(7), int(time.time())
    hours = [write_samples(vary_hour(read_trace(), chance)) for _ in range(DISTINCT)]
    first = now // 3600 * 3600 - DAYS * 86_400
    for number in range(HOSTS):
        host = f"host-{number:02}"
        upsert_host(tx, host, "benchmark", now, Platform(), None)
        packed = (Packed("raw", first + place * 3600, 720, chance.choice(hours)) for place in range(DAYS * 24))
        upsert_blocks(tx, host, packed)


async def main() -> None:
    """Print both figures."""
    with tempfile.TemporaryDirectory() as home:
        config = Config(home=home, database_synchronous="NORMAL", embedded=True)
        async with Kernel(config, ROOMS) as kernel:
            await kernel.db.write(fill)
            process = psutil.Process()
            before, began = process.memory_info().rss, time.perf_counter()
            found = await dry_run(kernel, SYSTEM, RULE, DAYS)
            took, grown = time.perf_counter() - began, process.memory_info().rss - before
    print(
        f"{RULE} over {DAYS} days of {HOSTS} hosts: {took:.1f} s ({took / HOSTS:.2f} s a host), {found.looks} looks, "
        f"{found.fired} alerts, {found.told} notifications; {grown / 1e6:.0f} MB more memory"
    )


if __name__ == "__main__":
    asyncio.run(main())
