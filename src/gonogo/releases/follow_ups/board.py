"""The tasks that are due, on the front page."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from gonogo.kernel.clock import format_instant
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.room import Panel
from gonogo.releases.follow_up_store import list_follow_ups

SHOWN = 8
SOON = timedelta(days=1)


async def read_task_panels(kernel: Kernel) -> list[Panel]:
    """One panel while something is due, or will be within a day; else none."""
    now = format_instant(kernel.clock.now())
    soon = format_instant(kernel.clock.now() + SOON)
    due = await kernel.db.read(partial(list_follow_ups, which="due", now=soon, limit=SHOWN))
    if not due:
        return []
    return [Panel("follow-ups", "releases/_tasks_panel.html", {"tasks": due, "now": now}, ("follow_up",), "side")]
