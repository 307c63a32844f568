"""``incident open``."""

from __future__ import annotations

from gonogo.kernel.actions import ActionCall, ActionResult
from gonogo.kernel.kernel import Kernel
from gonogo.releases import store
from gonogo.releases.actions.options import check_known, read_text
from gonogo.releases.incident_schemas import IncidentRequest
from gonogo.releases.incidents.commands import open_incident

_PERIODS = ("day1", "week1", "month1")


async def open_from_call(call: ActionCall) -> ActionResult:
    """Open an incident from the record of a run.

    Options: title, run (an id, or last; the run that asks when absent), cause, measures, owner, day1, week1, month1
    (the texts of its tasks).
    """
    check_known(call, "title", "run", "cause", "measures", "owner", *_PERIODS)
    run = call.options.get("run") or call.run
    request = IncidentRequest(
        title=read_text(call, "title"),
        run=await _find_last(call.kernel) if run == "last" else run,
        cause=call.options.get("cause", ""),
        measures=call.options.get("measures", ""),
        owner=call.options.get("owner"),
        tasks={name: call.options[name] for name in _PERIODS if name in call.options},  # type: ignore[misc]
    )
    incident = await open_incident(call.kernel, call.actor, request)
    call.say(
        f"{len(incident.timeline)} moments, {len(incident.steps)} steps, {len(incident.excerpts)} excerpts of logs"
    )
    for task in incident.tasks:
        call.say(f"{task.period}, due {task.due_at}: {task.text} ({task.owner})")
    return ActionResult(
        True, f"Incident opened: {incident.title}. {len(incident.tasks)} follow-up tasks planned.", {"id": incident.id}
    )


async def _find_last(kernel: Kernel) -> str | None:
    newest = await kernel.db.read(lambda tx: store.list_runs(tx, limit=1))
    return newest[0].id if newest else None
