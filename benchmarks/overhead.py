"""What a command costs in a release beyond the bare shell: the same command by ``bash -c`` and as a run's items.

Three figures side by side, medians in milliseconds: the bare shell, the shell session (state restored, output
masked, state saved), and a whole release (with its journal committed to disk before and after every command).
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import structlog

from benchmarks._releases import make_plan, make_run, open_kernel, start, wait_end
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


async def time_release(folder: Path) -> float:
    """Milliseconds a command of a release of so many commands, start and end of the run left out."""
    plan = make_plan(*(make_run(f"i{number}", COMMAND) for number in range(TIMES)))
    async with open_kernel(folder / "home") as kernel:
        began = time.perf_counter()
        run = await start(kernel, plan, folder)
        await wait_end(kernel, run)
        took = (time.perf_counter() - began) * 1000
        entries = await kernel.db.read(lambda tx: store.list_entries(tx, run))
        assert sum(entry.name == "item_finished" for entry in entries) == TIMES
    return took / TIMES


def _time(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return (time.perf_counter() - began) * 1000


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as name:
        bare = statistics.median(time_bare())
        session = statistics.median(asyncio.run(time_session(Path(name))))
        release = asyncio.run(time_release(Path(name)))
    print(f"bare bash -c      {bare:6.2f} ms")
    print(f"shell session     {session:6.2f} ms   {session - bare:+.2f} ms   {session / bare:.1f} times")
    print(f"release           {release:6.2f} ms   {release - bare:+.2f} ms   {release / bare:.1f} times")
    print(f"overhead of a command in a release: {release - bare:.2f} ms (limit {LIMIT_MS:.0f} ms)")


if __name__ == "__main__":
    main()
