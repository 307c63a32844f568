"""Changes to follow-up tasks: planned when a release goes GO or an incident is opened, ticked by people."""

from __future__ import annotations

from datetime import datetime

import msgspec

from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel
from gonogo.releases import follow_up_store as store
from gonogo.releases.deciding.people import (
    Team,
    check_signer,
    check_ticker,
    describe_act,
    find_role_holders,
    refuse_other_name,
)
from gonogo.releases.deciding.state import SETTLED
from gonogo.releases.errors import FollowUpNotFound, WrongMove
from gonogo.releases.follow_up_schemas import FollowUp, Tick
from gonogo.releases.journal import Fact
from gonogo.releases.periods import WEEK_1, Period, find_date, find_period
from gonogo.releases.plan import Item
from gonogo.releases.record.ledger import Ledger, Run
from gonogo.releases.record.team import load_team

_TASKS = frozenset({"human", "wait", "sign", "gate", "check", "run"})


def plan_tasks(tx: Tx, run: Run, roles: dict[str, object]) -> None:
    """Make a task of everything that the checklist leaves for later; a heading that does not say when means a week."""
    now = tx.clock.now()
    for item in run.course.items.values():
        if not run.course.is_for_later(item) or item.kind not in _TASKS or item.runs == "never":
            continue
        if run.state.get_item(item.id).status not in SETTLED:
            owner, period = _find_owner(item, roles, run), _find_period(item, run)
            add_task(tx, _name_task(item), period, owner, now, SYSTEM, run=run.id, item=item.id)


def _find_period(item: Item, run: Run) -> Period:
    above, phase = run.course.items.get(item.parent or ""), run.course.phases[item.id]
    dated = find_date(item.text) or (find_date(above.text) if above is not None else None)
    return dated or find_period(phase.title, *reversed(phase.path)) or WEEK_1


def _name_task(item: Item) -> str:
    if item.command is None:
        return item.text
    return f"Run it: {item.command}" if item.text == item.command else f"{item.text}: {item.command}"


def add_task(
    tx: Tx,
    text: str,
    period: Period,
    owner: str,
    since: datetime,
    actor: Actor,
    *,
    run: str | None = None,
    item: str | None = None,
    incident: str | None = None,
) -> str:
    """Plan one task, due a period after ``since``; gives its id."""
    key, due = new_id(), format_instant(since + period.after)
    values = {"id": key, "text": text, "period": period.name, "owner": owner, "due_at": due, "note": ""}
    store.insert_follow_up(tx, {**values, "run": run, "item": item, "incident": incident})
    tx.emit("follow_up.planned", key, {"text": text, "owner": owner, "due_at": due, "run": run}, actor)
    return key


async def tick_task(kernel: Kernel, actor: Actor, id: str, tick: Tick) -> FollowUp:
    """Somebody did it; the journal of its run says so too. Raises FollowUpNotFound and WrongMove."""
    authorise(actor, "member")
    by = describe_act(actor, tick.name)

    def change(tx: Tx) -> FollowUp:
        task = get_task(tx, id)
        if task.done_at is not None:
            raise WrongMove(f"'{task.text}' was done already, by {task.done_by}.")
        if task.run is not None and task.item is not None:
            ledger = kernel.get_part(Ledger)
            run = ledger.get(tx, task.run)
            fact = _settle(run, task.item, actor, tick, load_team(tx, kernel.config))
            ledger.append(tx, run, [msgspec.structs.replace(fact, data={**by, **fact.data})], actor)
        return finish_task(tx, task, actor, by["name"], tick.note)

    return await kernel.db.write(change)


def _settle(run: Run, key: str, actor: Actor, tick: Tick, team: Team) -> Fact:
    """A task that is a signature is signed, by whoever may sign it in the run itself."""
    item = run.course.items[key]
    if run.course.need(item) == "sign":
        refuse_other_name(actor, tick.name)
        alone = check_signer(actor, item, run.state.options, team)
        data = {"note": tick.note, "role": item.role} | ({"alone": alone} if alone else {})
        return Fact(name="item_signed", item=key, data=data)
    check_ticker(actor, item, team)
    return Fact(name="item_ticked", item=key, data={"note": tick.note})


def settle_item(tx: Tx, run: str, item: str, actor: Actor, name: str, note: str) -> None:
    """An item of a run was ticked on the run's own page: its task is done with it."""
    task = store.find_of_item(tx, run, item)
    if task is not None and task.done_at is None:
        finish_task(tx, task, actor, name, note)


def finish_task(tx: Tx, task: FollowUp, actor: Actor, name: str, note: str) -> FollowUp:
    """Write down who did it."""
    values = {"done_at": format_instant(tx.clock.now()), "done_by": name, "note": note}
    store.finish_follow_up(tx, task.id, values)
    tx.emit("follow_up.done", task.id, {"text": task.text, "name": name, "note": note, "run": task.run}, actor)
    return get_task(tx, task.id)


def get_task(tx: Tx, id: str) -> FollowUp:
    """Raises FollowUpNotFound."""
    task = store.find_follow_up(tx, id)
    if task is None:
        raise FollowUpNotFound(f"There is no follow-up task with the id {id}.", field="id")
    return task


def _find_owner(item: Item, roles: dict[str, object], run: Run) -> str:
    holders = find_role_holders(roles, item.role) if item.role else None
    if holders:
        return sorted(holders)[0]
    return item.role or str(run.row["started_by_name"])
