"""Changes on their way to clients: edits by other programs, and one change to a thousand."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from gonogo.cli.loadtest.catalog import MARKER
from gonogo.cli.loadtest.crowd import Seen
from gonogo.cli.loadtest.figures import Figure, find_quantile, tell_times
from gonogo.cli.loadtest.lanes import Refused, open_lane
from gonogo.cli.loadtest.profiles import Profile
from gonogo.cli.loadtest.server import END_LIMIT_S, Server
from gonogo.cli.loadtest.writing import put_marker
from gonogo.client.gonogo import AsyncGonogo
from gonogo.client.mirror import Change

LIMIT_MS = 50.0
MEMORY_LIMIT_MB = 150.0
CPU_LIMIT = 80.0
SEEN_LIMIT_S = 20.0
LONGEST_LINE = 64 * 1024 * 1024
FIRST_EDIT, FIRST_CHANGE = 1_000_000, 2_000_000


class Course(NamedTuple):
    """What a round of changes showed: seconds of every client, of the last of each change, memory, processor."""

    times: list[float]
    last: list[float]
    rss_mb: list[float]
    cpu_percent: float | None


async def measure_edits(server: Server, profile: Profile) -> Figure:
    """From the commit of another program to a client that follows."""
    times: list[float] = []
    if server.home is not None:
        async with AsyncGonogo(server.url, server.key) as gonogo:
            arrivals: asyncio.Queue[tuple[int, float]] = asyncio.Queue()

            def note(change: Change) -> None:
                arrivals.put_nowait((change.value, time.perf_counter()))

            await gonogo.settings.watch(MARKER, note)
            for number in range(profile.edits):
                times.append(await _edit(server.home, FIRST_EDIT + number, arrivals))
                await asyncio.sleep(0.02)
    return Figure(
        name="outside edit to a client, p99",
        value=find_quantile(times, 0.99) * 1000 if times else None,
        limit=LIMIT_MS,
        unit="ms",
        note=tell_times(times) if times else "its data folder is not known",
    )


async def _edit(home: Path, value: int, arrivals: asyncio.Queue[tuple[int, float]]) -> float:
    started = await asyncio.to_thread(_write_marker, home / "gonogo.db", value)
    async with asyncio.timeout(SEEN_LIMIT_S):
        while (arrival := await arrivals.get())[0] != value:
            pass
    return arrival[1] - started


def _write_marker(path: Path, value: int) -> float:
    with sqlite3.connect(path, timeout=10) as database:
        database.execute("UPDATE settings SET value = ? WHERE key = ?", (str(value), MARKER))
        started = time.perf_counter()
    database.close()
    return started


async def measure_fanout(server: Server, profile: Profile, tell: Callable[[float], None], course: Course) -> None:
    """Change the marker at a steady pace before all clients, adding to ``course`` what was seen; ``tell`` a share."""
    async with open_crowd(server, profile.clients) as crowd:
        lane = await open_lane(server.url)
        started = time.perf_counter()
        number = 0
        try:
            while (elapsed := time.perf_counter() - started) < profile.lasting_s:
                tell(elapsed / profile.lasting_s)
                number += 1
                sent = time.perf_counter()
                await put_marker(server, lane, FIRST_CHANGE + number)
                seen = await read_seen(crowd, FIRST_CHANGE + number)
                course.times.extend(moment - sent for moment in seen.moments)
                course.last.append(max(seen.moments) - sent)
                if server.rss_mb is not None:
                    course.rss_mb.append(server.rss_mb)
                await asyncio.sleep(max(0.0, sent + 1 / profile.changes_per_s - time.perf_counter()))
        finally:
            lane.close()


@asynccontextmanager
async def open_crowd(server: Server, count: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """So many clients in another process, all with their first values."""
    command = [sys.executable, "-m", "gonogo.cli.loadtest.crowd", server.url, str(count)]
    crowd = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=LONGEST_LINE, start_new_session=True
    )
    assert crowd.stdin is not None
    assert crowd.stdout is not None
    try:
        crowd.stdin.write(f"{server.key}\n".encode())
        async with asyncio.timeout(180):
            if await crowd.stdout.readline() != b"ready\n":
                raise Refused(f"not all of {count:,} clients came in")
        yield crowd
    finally:
        if crowd.returncode is None:
            crowd.terminate()
        await asyncio.wait_for(crowd.wait(), END_LIMIT_S)


async def read_seen(crowd: asyncio.subprocess.Process, value: int) -> Seen:
    """When everybody saw the value."""
    assert crowd.stdout is not None
    async with asyncio.timeout(SEEN_LIMIT_S):
        while True:
            seen = msgspec.json.decode(await crowd.stdout.readline(), type=Seen)
            if seen.value == value:
                return seen


def judge_course(course: Course, profile: Profile, settings: int) -> list[Figure]:
    """The figures of a round of changes, whole or cut short."""
    if not course.times:
        return []
    growth = course.rss_mb[-1] - course.rss_mb[len(course.rss_mb) // 10] if course.rss_mb else 0.0
    figures = [
        Figure(
            name=f"change to each of {profile.clients:,} clients, p99",
            value=find_quantile(course.times, 0.99) * 1000,
            limit=LIMIT_MS,
            unit="ms",
            note=f"the last client: {tell_times(course.last)}",
        ),
        Figure(
            name=f"memory, {profile.clients:,} clients, {settings:,} settings",
            value=max(course.rss_mb) if course.rss_mb else None,
            limit=MEMORY_LIMIT_MB,
            unit="MB",
            note=f"{growth:+.1f} MB since the first tenth",
        ),
    ]
    if course.cpu_percent is not None:
        told = f"at {profile.changes_per_s:g} changes a second"
        figures.append(Figure(name="processor", value=course.cpu_percent, limit=CPU_LIMIT, unit="%", note=told))
    return figures
