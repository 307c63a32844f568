"""From the failing verdict to the start of the first rollback command, as the journal tells it."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from pathlib import Path

import structlog
from _releases import make_plan, make_rollback, make_run, open_kernel, play

from gonogo.kernel.clock import parse_instant
from gonogo.releases import store

TIMES = 20
LIMIT_S = 1.0


async def measure(folder: Path) -> list[float]:
    """Seconds for each of so many failing releases."""
    plan = make_plan(
        make_run("i1", "touch changed"), make_run("i2", "exit 1"), back=(make_rollback("b1", "touch undone"),)
    )
    times = []
    async with open_kernel(folder / "home") as kernel:
        for _ in range(TIMES):
            run = await play(kernel, plan, folder)
            entries = await kernel.db.read(lambda tx, run=run: store.list_entries(tx, run))
            at = {(entry.name, entry.item): parse_instant(entry.at) for entry in entries}
            times.append((at["item_started", "b1"] - at["item_finished", "i2"]).total_seconds())
    return times


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as name:
        times = asyncio.run(measure(Path(name)))
    median, worst = statistics.median(times), max(times)
    print(f"verdict to first rollback command: median {median * 1000:.0f} ms, worst of {TIMES} {worst * 1000:.0f} ms")
    print(f"limit {LIMIT_S * 1000:.0f} ms: {LIMIT_S / worst:.0f} times faster than promised at worst")


if __name__ == "__main__":
    main()
