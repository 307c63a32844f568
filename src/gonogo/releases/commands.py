"""Every change that a person makes to a run: authorise, check, append to the journal, wake the runner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import BadInput
from gonogo.kernel.kernel import Kernel
from gonogo.releases.deciding.course import Course, Need
from gonogo.releases.deciding.decide import find_current
from gonogo.releases.deciding.people import (
    Alone,
    Team,
    check_decider,
    check_signer,
    check_skipper,
    check_ticker,
    describe_act,
    refuse_other_name,
)
from gonogo.releases.deciding.rollback import find_rollback, list_levels, why_not_rollback
from gonogo.releases.deciding.state import SETTLED, ItemState
from gonogo.releases.errors import ItemNotFound, RollbackRefused, WrongMove
from gonogo.releases.follow_ups.commands import settle_item
from gonogo.releases.journal import Fact
from gonogo.releases.plan import Item
from gonogo.releases.record.ledger import Ledger, Run
from gonogo.releases.running.locks import lock_target
from gonogo.releases.running.runners import Runners
from gonogo.releases.running.team import load_team
from gonogo.releases.schemas import Act

_ASLEEP = frozenset({"held", "finished"})
_RETRYABLE = frozenset({"failed", "undecided", "no_data", "unknown"})
_UNCLEAR = frozenset({"undecided", "no_data"})
_MACHINE: frozenset[Need] = frozenset({"command", "action", "check", "wait"})

Check = Callable[[Run, Item, ItemState], Fact]


async def tick_item(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """A person says that an item is done, or that an expectation only they can judge is met."""
    authorise(actor, "operator")
    by, team = describe_act(actor, act.name), await _read_team(kernel)

    def check(at: Run, which: Item, seen: ItemState) -> Fact:
        _need(at.course, which, ("tick", "judge"), "ticked")
        _check_open(which, seen)
        _check_turn(at, which)
        check_ticker(actor, which, team)
        return Fact(name="item_ticked", item=item, data={"note": act.note})

    return await _act_on_item(kernel, actor, run, item, check, by)


async def sign_item(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """A named role signs, as themselves; who started the run only while nobody else has an account."""
    authorise(actor, "operator")
    refuse_other_name(actor, act.name)
    by, team = describe_act(actor, None), await _read_team(kernel)

    def check(at: Run, which: Item, seen: ItemState) -> Fact:
        _need(at.course, which, ("sign",), "signed")
        _check_open(which, seen)
        _check_turn(at, which)
        alone = check_signer(actor, which, at.state.options, team)
        return Fact(name="item_signed", item=item, data=_say_alone(alone) | {"note": act.note, "role": which.role})

    return await _act_on_item(kernel, actor, run, item, check, by)


async def decide_gate(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """GO, NO-GO or hold: at a decision, at a gate that numbers could not decide, or for an open human item."""
    authorise(actor, "operator")
    by, team = describe_act(actor, act.name), await _read_team(kernel)
    if act.decision is None:
        raise BadInput("'decision' must be go, no_go or hold.", field="decision")

    def check(at: Run, which: Item, seen: ItemState) -> Fact:
        need = at.course.need(which)
        if need not in ("decide", "tick", "judge") and seen.status not in _UNCLEAR:
            raise WrongMove(f"'{which.text}' is not waiting for a decision; it is {seen.status}.", field="item")
        data: dict[str, Any] = {"note": act.note, "decision": act.decision}
        if need in ("tick", "judge"):
            check_ticker(actor, which, team)
        else:
            refuse_other_name(actor, act.name)
            data |= _say_alone(check_decider(actor, at.state.options, team))
        _check_open(which, seen)
        _check_turn(at, which)
        return Fact(name="item_decided", item=item, data=data)

    return await _act_on_item(kernel, actor, run, item, check, by)


async def skip_item(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """Leave an item out, with a reason. Decisions, gates and signatures take an approver to leave out."""
    authorise(actor, "operator")
    by, team = describe_act(actor, act.name), await _read_team(kernel)
    reason = _need_text(act.reason or act.note, "reason")

    def check(at: Run, which: Item, seen: ItemState) -> Fact:
        _check_open(which, seen)
        alone: Alone = ""
        if which.kind in ("sign", "gate"):
            refuse_other_name(actor, act.name)
            alone = check_skipper(actor, which, at.state.options, team)
        if which.kind == "rollback":
            raise WrongMove("Rollback commands can't be left out one by one.", field="item")
        return Fact(name="item_skipped", item=item, data=_say_alone(alone) | {"reason": reason})

    return await _act_on_item(kernel, actor, run, item, check, by)


async def retry_item(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """Try a failed, lost or unclear item again. A check is tried again with its command."""
    authorise(actor, "operator")
    by = describe_act(actor, act.name)

    def check(at: Run, which: Item, seen: ItemState) -> Fact:
        if seen.status not in _RETRYABLE:
            raise WrongMove(f"'{which.text}' is {seen.status}; only what failed can be tried again.", field="item")
        resets = at.course.reset_with(which)
        return Fact(name="item_retried", item=item, data={"resets": resets, "note": act.note, "was": seen.status})

    return await _act_on_item(kernel, actor, run, item, check, by)


async def take_over(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """A person did by hand what the machine could not; the note says how."""
    authorise(actor, "operator")
    by = describe_act(actor, act.name)
    note = _need_text(act.note or act.reason, "note")

    def check(at: Run, which: Item, seen: ItemState) -> Fact:
        _need(at.course, which, tuple(_MACHINE), "taken over")
        _check_open(which, seen)
        return Fact(name="item_taken_over", item=item, data={"note": note, "was": seen.status})

    return await _act_on_item(kernel, actor, run, item, check, by)


async def choose_item(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """Run a command that only runs when a person chooses it."""
    authorise(actor, "operator")
    by = describe_act(actor, act.name)

    def check(_at: Run, which: Item, seen: ItemState) -> Fact:
        is_work = which.command is not None or which.action is not None
        if which.kind != "run" or not is_work or which.runs == "never":
            raise WrongMove(f"'{which.text}' is no command to choose. {which.why}".rstrip(), field="item")
        if seen.status != "open" or which.runs != "ask":
            raise WrongMove(f"'{which.text}' runs by itself, or has run already ({seen.status}).", field="item")
        return Fact(name="item_chosen", item=item, data={"note": act.note})

    return await _act_on_item(kernel, actor, run, item, check, by)


async def request_rollback(kernel: Kernel, actor: Actor, run: str, level: int | None = None) -> Run:
    """Roll back now: a command under way is ended first. Raises RollbackRefused."""
    authorise(actor, "operator")

    def change(tx: Tx) -> Run:
        at = _get_ledger(kernel).get(tx, run)
        refusal = why_not_rollback(at.course, at.state)
        if refusal is not None:
            raise RollbackRefused(refusal)
        levels = list_levels(at.course)
        if level is not None and level not in levels:
            raise BadInput(f"There is no rollback level {level}; there are {levels or 'none'}.", field="level")
        if not find_rollback(at.course, at.state, level).items:
            raise RollbackRefused(f"Level {level} has no command that can run by itself.")
        return _append(kernel, tx, at, Fact(name="rollback_requested", data={"level": level}), actor)

    return await _change(kernel, change, interrupts=True)


async def stop_run(kernel: Kernel, actor: Actor, run: str, reason: str = "") -> Run:
    """End the run as NO-GO without rolling back: a command under way is ended."""
    authorise(actor, "operator")

    def change(tx: Tx) -> Run:
        at = _get_ledger(kernel).get(tx, run)
        if at.state.status in ("finished", "rolling_back"):
            raise WrongMove("The run is over already, or on its way back; it can't be stopped.")
        return _append(kernel, tx, at, Fact(name="stopped", data={"reason": reason}), actor)

    return await _change(kernel, change, interrupts=True)


async def resume_run(kernel: Kernel, actor: Actor, run: str) -> Run:
    """Let a held run look again at what it can do."""
    authorise(actor, "operator")

    def change(tx: Tx) -> Run:
        at = _get_ledger(kernel).get(tx, run)
        if at.state.status == "finished":
            raise WrongMove("The run is over; there is nothing to resume.")
        return _append(kernel, tx, at, Fact(name="resumed", data={}), actor)

    return await _change(kernel, change)


async def resolve_unknown(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """Take the word of a command that ended while no server was there: its exit code and output become evidence."""
    authorise(actor, "operator")
    by = describe_act(actor, act.name)
    at = await kernel.db.read(lambda tx: _get_ledger(kernel).get(tx, run))
    which = get_item(at, item)
    if at.state.get_item(item).status != "unknown":
        raise WrongMove(f"'{which.text}' is not unknown.", field="item")
    facts = kernel.get_part(Runners).recover_orphan(at, which)

    def check(_at: Run, _which: Item, seen: ItemState) -> Fact:
        if seen.status != "unknown":
            raise WrongMove(f"'{which.text}' is {seen.status} by now.", field="item")
        return Fact(name="item_finished", item=item, data=facts)

    return await _act_on_item(kernel, actor, run, item, check, by)


def get_item(run: Run, item: str) -> Item:
    """Raises ItemNotFound."""
    found = run.course.items.get(item)
    if found is None:
        raise ItemNotFound(f"The checklist of this run has no item '{item}'.", field="item")
    return found


async def _act_on_item(kernel: Kernel, actor: Actor, run: str, item: str, check: Check, by: dict[str, str]) -> Run:
    def change(tx: Tx) -> Run:
        at = _get_ledger(kernel).get(tx, run)
        which = get_item(at, item)
        if at.state.status == "finished" and at.course.phases[item].role != "followup":
            raise WrongMove(f"The run is over ({at.state.verdict}); nothing in it can change.")
        fact = check(at, which, at.state.get_item(item))
        fact = msgspec.structs.replace(fact, data={**by, **fact.data})
        after = _append(kernel, tx, at, fact, actor)
        if after.state.get_item(item).status in SETTLED and at.course.phases[item].role == "followup":
            settle_item(tx, run, item, actor, by["name"], fact.data.get("note", ""))
        return after

    return await _change(kernel, change, adopts=False)


async def _change(kernel: Kernel, change: Callable[[Tx], Run], *, interrupts: bool = False, adopts: bool = True) -> Run:
    run = await kernel.db.write(change)
    if run.state.status != "finished":
        kernel.get_part(Runners).wake(run.id, interrupt=run.state.seq if interrupts else None, adopts=adopts)
    return run


def _append(kernel: Kernel, tx: Tx, run: Run, fact: Fact, actor: Actor) -> Run:
    after = _get_ledger(kernel).append(tx, run, [fact], actor)
    wakes_up = run.state.status in _ASLEEP and after.state.status not in _ASLEEP
    if wakes_up and not after.state.stopped:
        lock_target(tx, run.row["target"], run.id)
    return after


async def _read_team(kernel: Kernel) -> Team:
    return await kernel.db.read(lambda tx: load_team(tx, kernel.config))


def _say_alone(alone: Alone) -> dict[str, Any]:
    return {"alone": alone} if alone else {}


def _get_ledger(kernel: Kernel) -> Ledger:
    return kernel.get_part(Ledger)


def _need(course: Course, item: Item, needs: tuple[Need, ...], verb: str) -> None:
    need = course.need(item)
    if need not in needs:
        raise WrongMove(f"'{item.text}' can't be {verb}: it takes a {need}.", field="item")


def _check_open(item: Item, seen: ItemState) -> None:
    if seen.status in SETTLED:
        raise WrongMove(
            f"'{item.text}' is settled already ({seen.status} by {seen.by or 'the machine'}).", field="item"
        )
    if seen.status == "running":
        raise WrongMove(f"'{item.text}' is running; wait for its end, or stop the run.", field="item")


def _check_turn(run: Run, item: Item) -> None:
    """Open human items of the phase under way may be settled ahead of their turn, later phases not."""
    if not run.state.options.attended or run.course.phases[item.id].role == "followup":
        return
    order = [phase.id for phase in run.course.plan.phases]
    current = find_current(run.course, run.state) or item
    if order.index(run.course.phases[item.id].id) > order.index(run.course.phases[current.id].id):
        raise WrongMove(
            f"'{item.text}' belongs to a later phase; it can be settled once the run is there.", field="item"
        )


def _need_text(text: str, field: str) -> str:
    if not text.strip():
        raise BadInput(f"'{field}' must say why; it goes into the record.", field=field)
    return text.strip()
