"""Changes on their way to clients: edits by other programs, and one change to a thousand."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import NamedTuple

import msgspec

from gonogo.cli.loadtest.catalog import MARKER
from gonogo.cli.loadtest.crowd import Seen
from gonogo.cli.loadtest.figures import Figure, Tally, find_quantile, tell_times
from gonogo.cli.loadtest.lanes import Refused, open_lane
from gonogo.cli.loadtest.profiles import Profile
from gonogo.cli.loadtest.server import END_LIMIT_S, Server
from gonogo.cli.loadtest.writing import put_marker

LIMIT_MS = 50.0
MEMORY_LIMIT_MB = 150.0
CPU_LIMIT = 80.0
SEEN_LIMIT_S = 20.0
LONGEST_LINE = 64 * 1024 * 1024
FIRST_EDIT, FIRST_CHANGE = 1_000_000, 2_000_000


class Course(NamedTuple):
    """What a round of changes showed: seconds of every client, of the last of each change, memory, processor."""

    times: Tally
    last: list[float]
    rss_mb: list[float]
    cpu_percent: float | None


async def measure_edits(server: Server, crowd: Process, profile: Profile) -> Figure:
    """From the commit of another program to every client."""
    times: list[float] = []
    last: list[float] = []
    if server.home is not None:
        for number in range(FIRST_EDIT, FIRST_EDIT + profile.edits):
            committed = await asyncio.to_thread(_write_marker, server.home / "gonogo.db", number)
            seen = await read_seen(crowd, number)
            times.extend(moment - committed for moment in seen.moments)
            last.append(max(seen.moments) - committed)
            await asyncio.sleep(0.02 + number % 10 / 1000)
    return Figure(
        name=f"outside edit to each of {profile.clients:,} clients, p99",
        value=find_quantile(times, 0.99) * 1000 if times else None,
        limit=LIMIT_MS,
        unit="ms",
        note=f"the last client: {tell_times(last)}" if last else "its data folder is not known",
    )


def _write_marker(path: Path, value: int) -> float:
    with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as database:
        database.execute("UPDATE settings SET value = ? WHERE key = ?", (str(value), MARKER))
        return time.perf_counter()


async def measure_fanout(
    server: Server,
    crowd: Process,
    profile: Profile,
    tell: Callable[[float], None],
    course: Course,
) -> None:
    """Change the marker at a steady pace before all clients, adding to ``course`` what was seen; ``tell`` a share."""
    lane = await open_lane(server.url)
    started = time.perf_counter()
    number = FIRST_CHANGE
    try:
        while (elapsed := time.perf_counter() - started) < profile.lasting_s:
            tell(elapsed / profile.lasting_s)
            number += 1
            sent = time.perf_counter()
            await put_marker(server, lane, number)
            seen = await read_seen(crowd, number)
            course.times.add(moment - sent for moment in seen.moments)
            course.last.append(max(seen.moments) - sent)
            if server.rss_mb is not None:
                course.rss_mb.append(server.rss_mb)
            await asyncio.sleep(max(0.0, sent + 1 / profile.changes_per_s - time.perf_counter()))
    finally:
        lane.close()


@asynccontextmanager
async def open_crowd(server: Server, count: int) -> AsyncIterator[Process]:
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


async def read_seen(crowd: Process, value: int) -> Seen:
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
            value=course.times.find_quantile(0.99) * 1000,
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
