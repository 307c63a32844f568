"""Calling the steps of open incidents when they are due, and again while they are late."""

from __future__ import annotations

from datetime import timedelta

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.clock import format_instant, parse_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.releases import follow_up_store as tasks
from gonogo.releases.incidents.clock import read_clock

REMIND_EVERY_S = 5.0
"""How often it is looked whether a step is due."""


async def call_due_steps(kernel: Kernel) -> None:
    """One event ``incident.step_due`` for every step that is due and has not been called lately."""
    now = kernel.clock.now()
    since = now - timedelta(seconds=read_clock(kernel.config.tables).remind_s)
    due = await kernel.db.read(lambda tx: tasks.list_due_steps(tx, format_instant(now), format_instant(since)))
    if due:
        await kernel.db.write(lambda tx: _call_steps(tx, format_instant(since)))


def _call_steps(tx: Tx, since: str) -> None:
    now = tx.clock.now()
    for step in tasks.list_due_steps(tx, format_instant(now), since):
        late_s = max((now - parse_instant(step.due_at)).total_seconds(), 0.0)
        tasks.finish_follow_up(tx, step.id, {"reminded_at": format_instant(now)})
        data = {"text": step.text, "owner": step.owner, "due_at": step.due_at, "late_s": round(late_s), "task": step.id}
        tx.emit("incident.step_due", step.incident or "", {**data, "again": step.reminded_at is not None}, SYSTEM)
