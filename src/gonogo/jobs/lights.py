"""The room's light on the board."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.jobs.desk import JobsDesk
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Light

NAME, PAGE = "Jobs", "/jobs"
LONG_WAIT_S = 300.0


async def read_lights(kernel: Kernel) -> Sequence[Light]:
    """No-go without a queue; hold while jobs are dead, paused, or wait long with nobody to do them."""
    measures = kernel.get_part(JobsDesk).measures
    stats = measures.stats
    if measures.silence is not None:
        return [Light(NAME, "no_go", f"The queue does not answer. {measures.silence}", PAGE)]
    if stats.paused:
        what = "The queue is paused" if "*" in stats.paused else f"Paused: {', '.join(stats.paused)}"
        ready = "1 job is" if stats.ready == 1 else f"{stats.ready} jobs are"
        return [Light(NAME, "hold", f"{what}; {ready} ready", PAGE)]
    if stats.dead:
        told = "1 dead job" if stats.dead == 1 else f"{stats.dead} dead jobs"
        return [Light(NAME, "hold", f"{told}: look, then replay or cancel", f"{PAGE}?state=dead")]
    if stats.oldest_ready_s > LONG_WAIT_S:
        waited = round(stats.oldest_ready_s / 60)
        return [Light(NAME, "hold", f"A job has waited {waited} min for a worker that can do it", PAGE)]
    workers = "1 worker" if stats.workers == 1 else f"{stats.workers} workers"
    return [Light(NAME, "go", f"{stats.ready} ready, {stats.running} running, {workers}", PAGE)]
