"""Every change that a person makes to a run: authorise, check, append to the journal, wake the runner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import BadInput
from gonogo.kernel.kernel import Kernel
from gonogo.releases.deciding.course import Need
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
from gonogo.releases.deciding.steps import find_need
from gonogo.releases.deciding.verdicts import describe_failure
from gonogo.releases.deciding.ways import find_doubt, is_one_of_several, split_ways
from gonogo.releases.errors import ItemNotFound, RollbackRefused, WrongMove
from gonogo.releases.follow_ups.commands import settle_item
from gonogo.releases.journal import Fact
from gonogo.releases.plan import Item
from gonogo.releases.record.ledger import Ledger, Run
from gonogo.releases.record.team import load_team
from gonogo.releases.running.locks import check_left_behind, lock_target
from gonogo.releases.running.runners import Runners
from gonogo.releases.schemas import Act
from gonogo.releases.turns import check_ended, check_evidence, check_need, check_open, check_rollback, check_turn

_ASLEEP = frozenset({"held", "finished"})
_RETRYABLE = frozenset({"failed", "undecided", "no_data", "unknown"})
_UNCLEAR = frozenset({"undecided", "no_data"})
_MACHINE: frozenset[Need] = frozenset({"command", "action", "check", "wait"})

Check = Callable[[Run, Item, ItemState], Fact]


async def tick_item(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """A person says that an item is done, or that an expectation only they can judge is met."""
    authorise(actor, "member")
    by, team = describe_act(actor, act.name), await _read_team(kernel)

    def check(at: Run, which: Item, seen: ItemState) -> Fact:
        return _tick(at, which, seen, actor, team, act.note)

    return await _act_on_item(kernel, actor, run, item, check, by)


async def tick_items(kernel: Kernel, actor: Actor, run: str, items: Sequence[str], act: Act) -> Run:
    """A person says of several items at once that they are done: all of them are ticked, or none."""
    authorise(actor, "member")
    by, team = describe_act(actor, act.name), await _read_team(kernel)
    if not items:
        raise BadInput("'items' must name at least one item.", field="items")

    def change(tx: Tx) -> Run:
        at = _get_ledger(kernel).get(tx, run)
        for item in dict.fromkeys(items):
            which = get_item(at, item)
            _check_going(at, which)
            fact = _tick(at, which, at.state.get_item(item), actor, team, act.note)
            at = _settle(kernel, tx, at, fact, actor, by)
        return at

    return await _change(kernel, change, adopts=False)


def _tick(at: Run, which: Item, seen: ItemState, actor: Actor, team: Team, note: str) -> Fact:
    check_need(at, which, ("tick", "judge"), "ticked")
    check_open(which, seen)
    check_turn(at, which)
    check_ticker(actor, which, team)
    return Fact(name="item_ticked", item=which.id, data={"note": note, "changes": at.course.deploys(which)})


async def sign_item(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """A named role signs, as themselves; who started the run only while nobody else has an account."""
    authorise(actor, "operator")
    refuse_other_name(actor, act.name)
    by, team = describe_act(actor, None), await _read_team(kernel)

    def check(at: Run, which: Item, seen: ItemState) -> Fact:
        check_need(at, which, ("sign",), "signed")
        check_open(which, seen)
        alone = check_signer(actor, which, at.state.options, team)
        check_turn(at, which)
        check_evidence(at, which)
        return Fact(name="item_signed", item=item, data=_say_alone(alone) | {"note": act.note, "role": which.role})

    return await _act_on_item(kernel, actor, run, item, check, by)


async def decide_gate(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """GO, NO-GO or hold: at a decision, at a gate that numbers could not decide, or for an open human item."""
    authorise(actor, "operator")
    by, team = describe_act(actor, act.name), await _read_team(kernel)
    if act.decision is None:
        raise BadInput("'decision' must be go, no_go or hold.", field="decision")

    def check(at: Run, which: Item, seen: ItemState) -> Fact:
        need = find_need(at.course, at.state, which)
        if need not in ("decide", "tick", "judge") and seen.status not in _UNCLEAR:
            raise WrongMove(f"'{which.text}' is not waiting for a decision; it is {seen.status}.", field="item")
        data: dict[str, Any] = {"note": act.note, "decision": act.decision}
        if need in ("tick", "judge"):
            check_ticker(actor, which, team)
        else:
            refuse_other_name(actor, act.name)
            data |= _say_alone(check_decider(actor, at.state.options, team))
        check_open(which, seen)
        check_turn(at, which)
        if act.decision == "go":
            check_evidence(at, which)
        return Fact(name="item_decided", item=item, data=data)

    return await _act_on_item(kernel, actor, run, item, check, by)


async def skip_item(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """Leave an item out, with a reason. Decisions, gates and signatures take an approver to leave out."""
    authorise(actor, "operator")
    by, team = describe_act(actor, act.name), await _read_team(kernel)
    reason = _need_text(act.reason or act.note, "reason")

    def check(at: Run, which: Item, seen: ItemState) -> Fact:
        check_open(which, seen)
        check_ended(which, seen)
        check_rollback(at, which)
        alone: Alone = ""
        if which.kind in ("sign", "gate"):
            refuse_other_name(actor, act.name)
            alone = check_skipper(actor, which, at.state.options, team)
        # What judges it has nothing to look at: it is left out with it, by the same person for the same reason.
        checks = [check.id for check in at.course.checks.get(item, ())]
        left = [key for key in checks if at.state.get_item(key).status not in SETTLED]
        return Fact(name="item_skipped", item=item, data=_say_alone(alone) | {"reason": reason, "checks": left})

    return await _act_on_item(kernel, actor, run, item, check, by)


async def retry_item(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """Try a failed, lost or unclear item again. A check is tried again with its command."""
    authorise(actor, "operator")
    by = describe_act(actor, act.name)

    def check(at: Run, which: Item, seen: ItemState) -> Fact:
        if seen.status not in _RETRYABLE:
            raise WrongMove(f"'{which.text}' is {seen.status}; only what failed can be tried again.", field="item")
        check_rollback(at, which)
        resets = at.course.reset_with(which)
        return Fact(name="item_retried", item=item, data={"resets": resets, "note": act.note, "was": seen.status})

    await _end_left_behind(kernel, run, [item])
    return await _act_on_item(kernel, actor, run, item, check, by)


async def take_over(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """A person did by hand what the machine could not; the note says how."""
    authorise(actor, "operator")
    by = describe_act(actor, act.name)
    note = _need_text(act.note or act.reason, "note")

    def check(at: Run, which: Item, seen: ItemState) -> Fact:
        check_need(at, which, tuple(_MACHINE), "taken over")
        check_open(which, seen)
        check_ended(which, seen)
        check_rollback(at, which)
        data = {"note": note, "was": seen.status, "changes": at.course.deploys(which)}
        return Fact(name="item_taken_over", item=item, data=data)

    return await _act_on_item(kernel, actor, run, item, check, by)


async def choose_item(kernel: Kernel, actor: Actor, run: str, item: str, act: Act) -> Run:
    """Run a command that only runs when a person chooses it."""
    authorise(actor, "operator")
    by = describe_act(actor, act.name)

    def check(at: Run, which: Item, seen: ItemState) -> Fact:
        check_rollback(at, which)
        is_work = which.command is not None or which.action is not None
        doubted = which.runs == "ask" or find_doubt(at.course, which) is not None
        if not is_work or (which.runs == "never" and which.kind != "rollback"):
            raise WrongMove(f"'{which.text}' is not a command to choose. {which.why}".rstrip(), field="item")
        if seen.status != "open" or not doubted:
            raise WrongMove(f"'{which.text}' runs by itself, or has run already ({seen.status}).", field="item")
        return Fact(name="item_chosen", item=item, data={"note": act.note, **_choose_way(at, which)})

    return await _act_on_item(kernel, actor, run, item, check, by)


def _choose_way(at: Run, which: Item) -> dict[str, list[str]]:
    """Of a rollback's ways, choosing a step of one chooses that way and leaves the others out."""
    rollback = at.state.rollback
    if rollback is None or not is_one_of_several(at.course, which):
        return {}
    open_ = [key for key in rollback.items if at.state.get_item(key).status == "open"]
    same, instead = split_ways(at.course, open_, which)
    return {"also": same, "instead": instead}


async def request_rollback(kernel: Kernel, actor: Actor, run: str, level: int | None = None, reason: str = "") -> Run:
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
            raise RollbackRefused(f"Level {level} has no step for what was reached.")
        data = {"level": level, "reason": reason, **_find_broken(at)}
        return _append(kernel, tx, at, Fact(name="rollback_requested", data=data), actor)

    return await _change(kernel, change, interrupts=True)


async def stop_run(kernel: Kernel, actor: Actor, run: str, reason: str = "") -> Run:
    """End the run as NO-GO without rolling back, or end its rollback: a command under way is ended."""
    authorise(actor, "operator")

    def change(tx: Tx) -> Run:
        at = _get_ledger(kernel).get(tx, run)
        if at.state.status == "finished":
            raise WrongMove("The run is over already; there is nothing to stop.")
        return _append(kernel, tx, at, Fact(name="stopped", data={"reason": reason, **_find_broken(at)}), actor)

    return await _change(kernel, change, interrupts=True)


def _find_broken(at: Run) -> dict[str, str]:
    """The item that the run stands at because it went wrong: a verdict names what broke, not only who ended the run."""
    item = find_current(at.course, at.state)
    seen = at.state.get_item(item.id) if item is not None else None
    if item is None or seen is None or seen.status not in _RETRYABLE:
        return {}
    return {"item": item.id, "why": describe_failure(item, seen)}


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
        _check_going(at, which)
        return _settle(kernel, tx, at, check(at, which, at.state.get_item(item)), actor, by)

    return await _change(kernel, change, adopts=False)


def _check_going(at: Run, which: Item) -> None:
    if at.state.status == "finished" and not _is_followed_up(at, which):
        raise WrongMove(f"The run is over ({at.state.verdict}); nothing in it can change.")


def _is_followed_up(at: Run, which: Item) -> bool:
    return at.course.phases[which.id].role == "followup" or at.course.is_for_later(which)


def _settle(kernel: Kernel, tx: Tx, at: Run, fact: Fact, actor: Actor, by: dict[str, str]) -> Run:
    item = fact.item or ""
    fact = msgspec.structs.replace(fact, data={**by, **fact.data})
    after = _append(kernel, tx, at, fact, actor)
    if after.state.get_item(item).status in SETTLED and _is_followed_up(at, at.course.items[item]):
        settle_item(tx, at.id, item, actor, by["name"], fact.data.get("note", ""))
    return after


async def _end_left_behind(kernel: Kernel, run: str, items: list[str]) -> None:
    at = await kernel.db.read(lambda tx: _get_ledger(kernel).get(tx, run))
    for item in items:
        await kernel.get_part(Runners).end_orphan(at, item)


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
        check_left_behind(tx, kernel.config, _get_ledger(kernel), run.row["target"], run.id)
    return after


async def _read_team(kernel: Kernel) -> Team:
    return await kernel.db.read(lambda tx: load_team(tx, kernel.config))


def _say_alone(alone: Alone) -> dict[str, Any]:
    return {"alone": alone} if alone else {}


def _get_ledger(kernel: Kernel) -> Ledger:
    return kernel.get_part(Ledger)


def _need_text(text: str, field: str) -> str:
    if not text.strip():
        raise BadInput(f"'{field}' must say why; it goes into the record.", field=field)
    return text.strip()
