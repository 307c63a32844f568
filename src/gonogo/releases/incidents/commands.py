"""Changes to incidents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import BadInput
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel
from gonogo.releases import incident_store as store
from gonogo.releases import store as runs
from gonogo.releases.deciding.people import find_role_holders
from gonogo.releases.errors import IncidentNotFound
from gonogo.releases.follow_up_store import list_follow_ups
from gonogo.releases.follow_ups.commands import add_task
from gonogo.releases.incident_schemas import Incident, IncidentChange, IncidentRequest
from gonogo.releases.incidents.clock import Ending, read_clock
from gonogo.releases.incidents.gathering import cut_excerpts, list_steps, tell_timeline
from gonogo.releases.periods import DAY_1, MONTH_1, WEEK_1, Period
from gonogo.releases.record.files import find_folder
from gonogo.releases.record.ledger import Ledger, Run

_TASKS = (
    ("day1", DAY_1, "See that the way back holds: read the logs of a whole day, and tell who was affected."),
    ("week1", WEEK_1, "Find the root cause, write it down here, and agree on measures with an owner for each."),
    ("month1", MONTH_1, "See that every measure is in place, and that a checklist or an alert would catch it now."),
)


async def open_incident(kernel: Kernel, actor: Actor, request: IncidentRequest) -> Incident:
    """Open an incident with what the record of its run says, and plan its three tasks.

    Raises BadInput without a title, ReleaseNotFound for a run that does not exist.
    """
    authorise(actor, "operator")
    if not request.title.strip():
        raise BadInput("'title' says in a few words what happened.", field="title")

    return await kernel.db.write(lambda tx: write_incident(kernel, tx, actor, request))


def open_by_policy(kernel: Kernel, tx: Tx, run: Run, ending: Ending) -> None:
    """Open an incident for a release that ends badly, where ``[incidents]`` wants one and there is none yet."""
    clock = read_clock(kernel.config.tables)
    if not clock.opens_on(ending) or store.find_of_run(tx, run.id) is not None:
        return
    what = "was rolled back" if ending == "rollback" else "ended NO-GO"
    request = IncidentRequest(title=f"{run.row['title']} {what}"[:500], run=run.id)
    write_incident(kernel, tx, SYSTEM, request)


def write_incident(kernel: Kernel, tx: Tx, actor: Actor, request: IncidentRequest) -> Incident:
    """Keep a new incident with the steps of its clock and its three tasks."""
    key, now = new_id(), tx.clock.now()
    values = {
        "id": key,
        "title": request.title.strip()[:500],
        "run": request.run,
        "status": "open",
        "opened_at": format_instant(now),
        "opened_by": actor.name,
        "cause": request.cause,
        "measures": request.measures,
    }
    store.insert_incident(tx, {**values, **msgspec.to_builtins(_gather(kernel, tx, request.run))})
    tx.emit("incident.opened", key, {"title": values["title"], "run": request.run}, actor)
    roles = kernel.config.tables.get("roles", {})
    owner = request.owner or _find_owner(kernel, tx, actor, request)
    for step in read_clock(kernel.config.tables).steps:
        period = Period(step.name, timedelta(seconds=step.after_s))
        add_task(tx, step.what, period, _name_owner(step.who, roles) or owner, now, actor, incident=key)
    for name, period, text in _TASKS:
        add_task(tx, request.tasks.get(name) or text, period, owner, now, actor, incident=key)  # type: ignore[call-overload]
    return get_incident(kernel, tx, key)


def _name_owner(who: str, roles: Mapping[str, Any]) -> str:
    return ", ".join(sorted(find_role_holders(roles, who) or ())) or who


def _find_owner(kernel: Kernel, tx: Tx, actor: Actor, request: IncidentRequest) -> str:
    if actor is not SYSTEM or request.run is None:
        return actor.name
    return str(kernel.get_part(Ledger).get(tx, request.run).row["started_by_name"])


async def change_incident(kernel: Kernel, actor: Actor, id: str, change: IncidentChange) -> Incident:
    """Write down what is known by now, or close it."""
    authorise(actor, "operator")

    def write(tx: Tx) -> Incident:
        get_incident(kernel, tx, id)
        values = {name: value for name, value in msgspec.to_builtins(change).items() if value is not None}
        if change.status is not None:
            values["closed_at"] = format_instant(tx.clock.now()) if change.status == "closed" else None
        if values:
            store.update_incident(tx, id, values)
        name = "incident.closed" if change.status == "closed" else "incident.changed"
        after = get_incident(kernel, tx, id)
        tx.emit(name, id, {"title": after.title, "run": after.run}, actor)
        return after

    return await kernel.db.write(write)


def get_incident(kernel: Kernel, tx: Tx, id: str) -> Incident:
    """The incident with its tasks, and all that its run has come to since. Raises IncidentNotFound."""
    found = store.find_incident(tx, id)
    if found is None:
        raise IncidentNotFound(f"There is no incident with the id {id}.", field="id")
    tasks = list_follow_ups(tx, "all", format_instant(tx.clock.now()), incident=id)
    now = _gather(kernel, tx, found.run) if found.run is not None else {}
    return msgspec.structs.replace(found, **now, tasks=tuple(tasks))


def _gather(kernel: Kernel, tx: Tx, run: str | None) -> dict[str, Any]:
    if run is None:
        return {"timeline": (), "steps": (), "excerpts": ()}
    course = kernel.get_part(Ledger).get(tx, run).course
    entries = runs.list_entries(tx, run)
    return {
        "timeline": tell_timeline(course, entries),
        "steps": list_steps(course, entries),
        "excerpts": cut_excerpts(course, entries, find_folder(kernel.config, run)),
    }
