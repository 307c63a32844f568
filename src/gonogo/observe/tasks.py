"""Upkeep by itself: packing every minute, adding up every hour and day, cleaning every night.

A loop, not durable tasks: what is due is read off the store and its marks, so no restart forgets any of it.
"""

from __future__ import annotations

from functools import partial

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.clock import parse_instant
from gonogo.kernel.kernel import Kernel
from gonogo.observe.commands.upkeep import aggregate, clean, seal_hours
from gonogo.observe.schedule import ADD_DAYS, ADD_HOURS, CLEAN, SCHEDULE, Due, is_due
from gonogo.observe.store.upkeep import find_mark, set_mark, thin_processes

LOOK_S = 60.0


async def keep_up(kernel: Kernel) -> None:
    """Wait a minute, then look."""
    await kernel.clock.sleep(LOOK_S)
    await look_after(kernel)


async def look_after(kernel: Kernel) -> None:
    """Pack hours that are over, and do what has come due since the last look."""
    await seal_hours(kernel)
    for due in SCHEDULE:
        last = await kernel.db.read(partial(find_mark, name=due.name))
        if last is None:
            await kernel.db.write(partial(set_mark, name=due.name, outcome="nothing to do yet"))
        elif is_due(due, kernel.clock.now(), parse_instant(last)):
            await _do(kernel, due)


async def _do(kernel: Kernel, due: Due) -> None:
    if due is ADD_HOURS:
        await kernel.db.write(partial(thin_processes, now=int(kernel.clock.now().timestamp())))
        await aggregate(kernel, SYSTEM, 2)
    elif due is ADD_DAYS:
        await aggregate(kernel, SYSTEM, 48, "daily")
    elif due is CLEAN:
        await clean(kernel, SYSTEM)
