"""The report endpoint under load: 1,000 requests at concurrency 10, with 100 hosts known, without one error."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import aiohttp
import uvloop
from _observe import PATH, Server, quantile, read_trace, run_server

from gonogo.observe.metrics import METRICS

HOSTS, REQUESTS, WORKERS = 100, 1000, 10
TARGET_MS = 50.0


async def measure(server: Server) -> None:
    """Let hosts report, then ask."""
    async with aiohttp.ClientSession(server.url, headers=server.headers) as session:
        for number in range(HOSTS):
            await report(session, number)
        for name in ("report", "health", "hosts"):
            await ask(session, name)


async def report(session: aiohttp.ClientSession, number: int) -> None:
    """A quarter of an hour of one host."""
    now = int(time.time()) // 5 * 5
    trace = read_trace()
    values = [
        [metric.restore(column[slot]) for metric, column in zip(METRICS, trace, strict=True)] for slot in range(180)
    ]
    samples = [{"at": now - 5 * slot, "values": values[slot]} for slot in range(180)]
    async with session.post(f"{PATH}/ingest", json={"host": f"host-{number:03}", "samples": samples}) as answer:
        answer.raise_for_status()


async def ask(session: aiohttp.ClientSession, name: str) -> None:
    """Time every request, and count what is no 200."""
    times: list[float] = []
    failures = 0
    left = iter(range(REQUESTS))

    async def work() -> None:
        nonlocal failures
        for _ in left:
            started = time.perf_counter()
            async with session.get(f"{PATH}/{name}") as answer:
                await answer.read()
            times.append((time.perf_counter() - started) * 1000)
            failures += answer.status != 200

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(WORKERS)))
    p95 = quantile(times, 0.95)
    print(
        f"/{name}: {REQUESTS} requests at concurrency {WORKERS}, {failures} failed, "
        f"{REQUESTS / (time.perf_counter() - started):.0f} a second, p50 {quantile(times, 0.5):.1f} ms, "
        f"p95 {p95:.1f} ms, ratio to the target {p95 / TARGET_MS:.2f}"
    )
    if failures:
        raise SystemExit("Requests failed.")


def main() -> None:
    """Serve a fresh folder and measure."""
    with tempfile.TemporaryDirectory() as folder, run_server(Path(folder)) as server:
        uvloop.run(measure(server))


if __name__ == "__main__":
    main()
