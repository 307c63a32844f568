"""Checks: adding, removing, asking. Gonogo asks these addresses itself, so only an admin may name them."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from gonogo.kernel.actions import ActionCall
from gonogo.kernel.auth.actor import SYSTEM, Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import Problem
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.outgoing.guard import open_target_guard
from gonogo.kernel.secrets.documents import mask_address
from gonogo.kernel.vault import open_vault
from gonogo.observe.checks.asking import ask_address
from gonogo.observe.checks.board import (
    CheckBoard,
    CheckState,
    Contract,
    Result,
    list_parts,
    name_component,
    name_contract,
)
from gonogo.observe.checks.definition import Check, validate_check
from gonogo.observe.checks.judging import list_faults
from gonogo.observe.checks.rounds import Rounds
from gonogo.observe.checks.signals import forget_check, tell_check
from gonogo.observe.commands.health import HealthLedger, record_health
from gonogo.observe.desk import Desk
from gonogo.observe.errors import CheckExists, CheckInFile, CheckNotFound
from gonogo.observe.store import checks as store
from gonogo.observe.store.health import forget_health

VERIFY = "contract.verify"


def get_check(kernel: Kernel, name: str) -> CheckState:
    """A check's state. Raises ``CheckNotFound``."""
    state = kernel.get_part(CheckBoard).find(name)
    if state is None:
        raise CheckNotFound(f"There is no check '{name}'. `gonogo checks list` lists those there are.", field="name")
    return state


async def add_check(kernel: Kernel, actor: Actor, check: Check) -> CheckState:
    """Ask an address from now on. Raises ``Forbidden``, ``BadCheck`` or ``CheckExists``."""
    authorise(actor, "admin")
    validate_check(check)
    board = kernel.get_part(CheckBoard)
    vault = open_vault(kernel.config.settings_key, kernel.config.folder, store.PURPOSE)

    def add(tx: Tx) -> None:
        if board.find(check.name) is not None or store.has_check(tx, check.name):
            raise CheckExists(
                f"There is a check '{check.name}' already. Remove it first, or take another name.", field="name"
            )
        store.insert_check(tx, check, actor, vault)
        tx.emit("check.added", check.name, {"url": mask_address(check.url), "every": check.every}, actor)

    await kernel.db.write(add)
    state = CheckState(check=check, source="api")
    board.put(state)
    if not kernel.config.embedded:
        kernel.get_part(Rounds).start(state)
    return state


async def remove_check(kernel: Kernel, actor: Actor, name: str) -> None:
    """Ask it no more, and forget its results. Raises ``Forbidden``, ``CheckNotFound`` or ``CheckInFile``."""
    authorise(actor, "admin")
    if get_check(kernel, name).source == "file":
        raise CheckInFile(f"'{name}' comes from gonogo.toml. Take [checks.{name}] out of that file and restart.")
    kernel.get_part(Rounds).stop(name)
    host, parts = kernel.get_part(Desk).fleet.local, (name_component(name), name_contract(name))

    def remove(tx: Tx) -> None:
        store.delete_check(tx, name)
        for part in parts:
            forget_health(tx, host, part)
        tx.emit("check.removed", name, {}, actor)

    await kernel.db.write(remove)
    kernel.get_part(CheckBoard).drop(name)
    for part in parts:
        kernel.get_part(HealthLedger).forget(host, part)
    forget_check(kernel.signals, name)


async def run_check(kernel: Kernel, actor: Actor, name: str) -> CheckState:
    """Ask it now, contract included, beside its own rounds. Raises ``Forbidden`` or ``CheckNotFound``."""
    authorise(actor, "operator")
    state = get_check(kernel, name)
    await ask_check(kernel, state, contract=True)
    return state


async def go_round(kernel: Kernel, state: CheckState) -> None:
    """One round of a check; its contract is looked at when that is due."""
    last = state.contract
    due = last is None or kernel.clock.now().timestamp() - last.at >= state.check.contract_every_s
    await ask_check(kernel, state, contract=due)


async def ask_check(kernel: Kernel, state: CheckState, *, contract: bool) -> Result:
    """Ask once, keep what came, and tell of a change."""
    check, now = state.check, kernel.clock.now()
    answer = await ask_address(check, now, open_target_guard(kernel.config))
    faults = await asyncio.to_thread(list_faults, check, answer)  # an answer may be long, a pattern awkward
    result = Result(
        at=now.timestamp(),
        passed=not faults,
        latency_ms=None if answer.problem else round(answer.seconds * 1000, 3),
        http_status=answer.status,
        tls_days=answer.tls_days,
        faults=tuple(faults),
    )
    if check.contract and contract:
        state.contract = await _verify_contract(kernel, check)
    before, failures = state.state, state.failures
    state.add(result)
    await kernel.db.write(partial(_keep, state=state, result=result, was=before, write=failures != state.failures))
    tell_check(kernel.signals, state, kernel.clock.now())
    kernel.bus.notify("check.asked", check.name)
    await record_health(kernel, list_parts(state, kernel.get_part(Desk).fleet.local))
    return result


def _keep(tx: Tx, *, state: CheckState, result: Result, was: str, write: bool) -> None:
    store.write_result(tx, state.check.name, result)
    if write or was != state.state or state.contract is not None:
        store.write_state(tx, state)
    if was == state.state or (was == "unknown" and state.state == "up"):
        return
    if state.state == "down":
        told = {"failures": state.failures, "faults": list(result.faults), "url": state.check.url}
        tx.emit("check.failed", state.check.name, told, SYSTEM)
    else:
        tx.emit("check.recovered", state.check.name, {"url": state.check.url}, SYSTEM)


async def _verify_contract(kernel: Kernel, check: Check) -> Contract:
    at, action = kernel.clock.now().timestamp(), kernel.actions.get(VERIFY)
    if action is None:
        return Contract(at=at, passed=None, summary=f"this Gonogo has no action {VERIFY} to verify contracts with")
    options = {"file": check.contract, "base": check.origin}
    try:
        found = await action(ActionCall(kernel, SYSTEM, options, Path.cwd()))
    except Problem as problem:
        return Contract(at=at, passed=None, summary=problem.detail)
    return Contract(at=at, passed=found.passed, summary=found.summary)
