"""Another program edits the table: from its COMMIT until every client has the value."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing

import uvloop
from _settings import MARKER, Stage, open_stage, quantile, report

SETTINGS = 10_000
CLIENTS = 50
EDITS = 200
TARGET_MS = 50.0


async def follow(stage: Stage, seen: asyncio.Queue[tuple[int, float]], ready: asyncio.Semaphore) -> None:
    """One client: put down each value of the marker and when it came."""
    async with stage.session() as session, session.ws_connect("/api/settings/ws", max_msg_size=0) as socket:
        async for message in socket:
            told = message.json()
            if told["type"] == "snapshot":
                ready.release()
            elif told["type"] == "change" and told["key"] == MARKER:
                seen.put_nowait((told["value"], time.perf_counter()))


def edit(connection: sqlite3.Connection, value: int) -> float:
    """Commit the edit; the moment when it was."""
    connection.execute("UPDATE settings SET value = ? WHERE key = ?", (str(value), MARKER))
    return time.perf_counter()


async def measure(stage: Stage) -> list[float]:
    """Milliseconds from the COMMIT to each client."""
    seen: asyncio.Queue[tuple[int, float]] = asyncio.Queue()
    ready = asyncio.Semaphore(0)
    followers = [asyncio.create_task(follow(stage, seen, ready)) for _ in range(CLIENTS)]
    times: list[float] = []
    for _ in followers:
        await ready.acquire()
    with closing(
        sqlite3.connect(stage.home / "gonogo.db", isolation_level=None, timeout=10, check_same_thread=False)
    ) as connection:
        for value in range(1, EDITS + 1):
            committed = await asyncio.to_thread(edit, connection, value)
            moments = [await asyncio.wait_for(seen.get(), 10) for _ in range(CLIENTS)]
            times += [(moment - committed) * 1000 for told, moment in moments if told == value]
            await asyncio.sleep(0.003 + value % 10 / 1000)
    for follower in followers:
        follower.cancel()
    await asyncio.gather(*followers, return_exceptions=True)
    return times


async def main() -> None:
    """Measure and print."""
    with open_stage(SETTINGS) as stage:
        times = await measure(stage)
    if len(times) != EDITS * CLIENTS:
        raise RuntimeError(f"only {len(times)} of {EDITS * CLIENTS} were seen")
    p99 = quantile(times, 0.99)
    measured = f"p50 {quantile(times, 0.5):.1f} ms, p99 {p99:.1f} ms, max {max(times):.1f} ms"
    report(f"outside edit -> each of {CLIENTS} clients", measured, f"p99 < {TARGET_MS:.0f} ms", passed=p99 < TARGET_MS)


if __name__ == "__main__":
    uvloop.run(main())
