"""What a command costs in a release beyond the bare shell: the same command by ``bash -c`` and as a run's items.

Three figures side by side, in milliseconds a command: the bare shell, the shell session (state restored, output
masked, state saved), and a whole release (with its journal committed to disk between commands). Processor time stands
beside each, of this process and its children: a run's commands are children of its launcher, and not among them.
"""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from _releases import make_plan, make_run, open_kernel, play

from gonogo.releases import store
from gonogo.releases.shell.hosts import Hosts
from gonogo.releases.shell.session import Session, Step

COMMAND = "true"
TIMES = 100
LIMIT_MS = 15.0


def time_bare() -> list[float]:
    """One ``bash -c`` after the other, milliseconds each."""
    return [_time(lambda: subprocess.run(["bash", "-c", COMMAND], check=True)) for _ in range(TIMES)]


async def time_session(folder: Path) -> list[float]:
    """The same through a session."""
    session = Session(folder / "session", Hosts({}), run="overhead")
    session.open(os.environ, folder)
    times = []
    for number in range(TIMES):
        began = time.perf_counter()
        await session.run(Step(item=f"i{number}", attempt=1, command=COMMAND))
        times.append((time.perf_counter() - began) * 1000)
    return times


async def time_release(folder: Path) -> tuple[float, float]:
    """The same as the commands of one release on an open server."""
    plan = make_plan(*(make_run(f"i{number}", COMMAND) for number in range(TIMES)))
    async with open_kernel(folder / "home") as kernel:
        before, began = read_cpu(), time.perf_counter()
        run = await play(kernel, plan, folder)
        took = (time.perf_counter() - began) * 1000 / TIMES
        cpu = (read_cpu() - before) / TIMES
        entries = await kernel.db.read(lambda tx: store.list_entries(tx, run))
        assert sum(entry.name == "item_finished" for entry in entries) == TIMES
    return took, cpu


def _time(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def read_cpu() -> float:
    """Processor time so far of this process and its ended children, milliseconds."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both) * 1000


def measure(work: Callable[[], list[float]]) -> tuple[float, float]:
    """Wall (median) and processor milliseconds a command."""
    before = read_cpu()
    wall = statistics.median(work())
    return wall, (read_cpu() - before) / TIMES


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare = measure(time_bare)
        session = measure(lambda: asyncio.run(time_session(folder)))
        release = asyncio.run(time_release(folder))
    for label, (wall, cpu) in (("bare bash -c", bare), ("shell session", session), ("release", release)):
        ratio = f"{wall / bare[0]:5.1f} times" if label != "bare bash -c" else ""
        print(f"{label:14} {wall:7.2f} ms  {wall - bare[0]:+7.2f} ms  processor {cpu:6.2f} ms  {ratio}")
    print(f"overhead of a command in a release: {release[0] - bare[0]:.2f} ms (limit {LIMIT_MS:.0f} ms)")


if __name__ == "__main__":
    main()
