"""A thousand agents and one server, which is killed (-9) in the middle and started again: nothing lost, none twice.

The agents are simulated in this process; each keeps what is not acknowledged, sends three samples every fifteen
seconds, and comes back at a random moment after a failure, as the real one does. The database is counted afterwards.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

import aiohttp
import uvloop
from _observe import PATH, Server, quantile, read_trace, run_server

from gonogo.observe.metrics import METRICS

AGENTS = 1000
SECONDS = 75
KILL_AT, RESTART_AT = 30, 36
STEP_S, SEND_EVERY_S = 5, 15


class Swarm:
    """All agents, what they measured, and how their deliveries went."""

    def __init__(self, server: Server) -> None:
        self.url = server.url
        self.headers = server.headers
        self.begin = int(time.time()) // STEP_S * STEP_S
        self.times: list[float] = []
        self.failures = 0
        columns = read_trace()
        self.values = [
            [metric.restore(column[slot]) for metric, column in zip(METRICS, columns, strict=True)]
            for slot in range(60)
        ]

    async def run(self) -> None:
        """Measure and deliver for the given time, then until everything is delivered."""
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(self.url, headers=self.headers, connector=connector) as session:
            await asyncio.gather(*(self._live(session, number) for number in range(AGENTS)))

    async def _live(self, session: aiohttp.ClientSession, number: int) -> None:
        waiting: list[int] = []
        chance, measured = random.Random(number), self.begin
        end = self.begin + SECONDS
        due = time.time() + chance.uniform(0, SEND_EVERY_S)
        while measured < end or waiting:
            await asyncio.sleep(max(0.0, due - time.time()))
            while measured <= min(time.time(), end - STEP_S):
                waiting.append(measured)
                measured += STEP_S
            if waiting and not await self._deliver(session, number, waiting):
                due = time.time() + chance.uniform(2.5, 5.0)
                continue
            waiting.clear()
            due = max(due + SEND_EVERY_S, time.time())

    async def _deliver(self, session: aiohttp.ClientSession, number: int, waiting: list[int]) -> bool:
        samples = [{"at": at, "values": self.values[(at // STEP_S + number) % len(self.values)]} for at in waiting]
        body = json.dumps({"host": f"host-{number:04}", "agent": "benchmark", "samples": samples})
        started = time.perf_counter()
        try:
            async with session.post(
                f"{PATH}/ingest", data=body, headers={"Content-Type": "application/json"}
            ) as answer:
                await answer.read()
        except (aiohttp.ClientError, OSError):
            self.failures += 1
            return False
        self.times.append((time.perf_counter() - started) * 1000)
        if answer.status != 200:
            raise SystemExit(f"The server answered {answer.status}: {await answer.text()}")
        return True


async def measure(home: Path, stack: ExitStack) -> tuple[Swarm, list[str]]:
    """Run the swarm with a kill in the middle."""
    first = stack.enter_context(ExitStack())
    server = first.enter_context(run_server(home))
    swarm = Swarm(server)
    running = asyncio.create_task(swarm.run())
    lines = []
    before = server.process.cpu_times()
    await asyncio.sleep(KILL_AT)
    used = server.process.cpu_times()
    share = (used.user + used.system - before.user - before.system) / KILL_AT
    lines.append(f"server: {share:.0%} of a core, {server.process.memory_info().rss / 1e6:.0f} MB, before the kill")
    server.process.kill()
    first.close()
    await asyncio.sleep(RESTART_AT - KILL_AT)
    port = int(server.url.rpartition(":")[2])
    again = await asyncio.to_thread(stack.enter_context, run_server(home, port))
    await running
    lines.append(f"server after the restart: {again.process.memory_info().rss / 1e6:.0f} MB")
    return swarm, lines


def count(home: Path) -> tuple[int, int, int]:
    """Rows, distinct pairs of host and moment, and hosts, as any program reads them."""
    query = (
        "SELECT count(*), count(DISTINCT host || timestamp), count(DISTINCT host) FROM system_metrics_history "
        "WHERE host LIKE 'host-____'"
    )
    with closing(sqlite3.connect(home / "gonogo.db")) as database:
        found: tuple[int, int, int] = database.execute(query).fetchone()
    return found


def main() -> None:
    """Run, count, say."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        home = Path(folder)
        swarm, lines = uvloop.run(measure(home, stack))
        rows, distinct, hosts = count(home)
    expected = AGENTS * SECONDS // STEP_S
    print(f"{AGENTS} agents for {SECONDS} s, server killed at {KILL_AT} s and started again at {RESTART_AT} s")
    print(*lines, sep="\n")
    print(
        f"{len(swarm.times)} deliveries, {swarm.failures} failed and repeated; "
        f"p50 {quantile(swarm.times, 0.5):.1f} ms, p95 {quantile(swarm.times, 0.95):.1f} ms"
    )
    print(f"{hosts} hosts, {rows} samples stored of {expected}, {rows - distinct} twice, ratio {rows / expected:.4f}")
    if (rows, distinct) != (expected, expected):
        raise SystemExit("Samples were lost or stored twice.")


if __name__ == "__main__":
    main()
