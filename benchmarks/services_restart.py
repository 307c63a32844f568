"""From a crash to the next ready process, as the keeper's journal tells it, and what a keeper weighs."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import sys

import psutil
from _services import find_port
from services_swap import await_settled, run_service

from gonogo.services.keepers import Keepers

TIMES, LIMIT_S = 4, 1.0


async def main() -> int:
    """Kill a process of the service again and again."""
    started, ready = [], []
    async with run_service("socket", find_port()) as kernel:
        keepers = kernel.get_part(Keepers)
        for _ in range(TIMES):
            before = keepers.get_state("web")
            victim = before.serving[0]
            assert victim.process is not None
            os.kill(victim.process.pid, signal.SIGKILL)
            await keepers.await_state("web", lambda state, old=victim.restarts: state.serving[0].restarts > old)
            await await_settled(kernel)
            newest = {entry.name: entry.at for entry in keepers.get_state("web").journal}
            started.append(newest["started"] - newest["crashed"])
            ready.append(newest["recovered"] - newest["crashed"])
        weight = psutil.Process(keepers.get_state("web").keeper.pid).memory_info().rss
    first = started[0]
    told = ", ".join(f"{wait * 1000:.0f}" for wait in started)
    print(f"crash to restart: {told} ms (it doubles in a loop), limit {LIMIT_S * 1000:.0f} ms for the first")
    print(f"restart to ready: median {statistics.median(b - a for a, b in zip(started, ready, strict=True)):.2f} s")
    print(f"a keeper takes {weight / 1e6:.0f} MB")
    return 0 if first < LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
