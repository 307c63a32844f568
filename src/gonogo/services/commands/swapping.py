"""Swaps and rollbacks: begun here, carried out by the keeper, written down when their end is known."""

from __future__ import annotations

from typing import Any

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise, authorise_command_text
from gonogo.kernel.db.database import Tx
from gonogo.kernel.errors import Problem
from gonogo.kernel.kernel import Kernel
from gonogo.services import requests
from gonogo.services.calling import Say
from gonogo.services.commands.foreign import roll_back_foreign
from gonogo.services.definition import Definition
from gonogo.services.errors import BadVersion, MoveNotOffered, NothingToRollBack, SwapRefused, VersionTaken
from gonogo.services.foreign.board import ForeignBoard
from gonogo.services.keepers import Keepers
from gonogo.services.schemas import Swap, SwapKind, SwapRequest
from gonogo.services.spec import Launch, ServiceSpec, find_launch_fault
from gonogo.services.state import KeeperState, SwapResult
from gonogo.services.store.records import find_record, save_record
from gonogo.services.store.swaps import end_swap, find_running, get_swap, insert_swap
from gonogo.services.store.versions import find_version, insert_version, list_versions
from gonogo.services.versions import has_overrides, make_launch, name_next, read_launch, write_launch


def _keep_quiet(_line: str) -> None:
    """Nobody listens."""


async def swap_service(kernel: Kernel, actor: Actor, name: str, request: SwapRequest, say: Say = _keep_quiet) -> Swap:
    """Put a version in place of the active one; a version that does not become ready is a failed ``Swap``.

    Raises ``ServiceNotFound``, ``ServiceDown``, ``VersionTaken``, ``SwapRefused``, ``KeeperFailed``.
    """
    authorise(actor, "operator")
    permission = (
        authorise_command_text(actor, "A version with a command of its own") if has_overrides(request) else None
    )
    if kernel.get_part(ForeignBoard).find_runner(name) is not None:
        raise MoveNotOffered(
            f"'{name}' is run by something else, which swaps on restart: `gonogo services restart {name}`."
        )
    keepers = kernel.get_part(Keepers)
    definition = keepers.get_definition(name)
    _check_idle(keepers.get_state(name))
    async with keepers.hold(name):
        launch = await kernel.db.write(lambda tx: _choose_launch(tx, definition, request, actor))
        return await _move(kernel, actor, definition, launch, "swap", request.warm, say, permission)


async def roll_back(kernel: Kernel, actor: Actor, name: str, say: Say = _keep_quiet) -> Swap:
    """Put the version back that was in service before. Raises ``NothingToRollBack`` and what a swap raises."""
    authorise(actor, "operator")
    if (runner := kernel.get_part(ForeignBoard).find_runner(name)) is not None:
        return await roll_back_foreign(kernel, actor, name, runner)
    keepers = kernel.get_part(Keepers)
    definition = keepers.get_definition(name)
    _check_idle(keepers.get_state(name))
    async with keepers.hold(name):
        launch = await kernel.db.read(lambda tx: _find_previous(tx, name))
        return await _move(kernel, actor, definition, launch, "rollback", None, say)


def _check_idle(state: KeeperState) -> None:
    if state.swapping is not None:
        raise SwapRefused(
            f"A swap of '{state.service}' to {state.swapping} is under way. Wait for its end: "
            f"`gonogo services status {state.service}` shows it.",
            swapping=state.swapping,
        )


async def _move(
    kernel: Kernel,
    actor: Actor,
    definition: Definition,
    launch: Launch,
    kind: SwapKind,
    warm: bool | None,
    say: Say,
    permission: str | None = None,
) -> Swap:
    keepers, name = kernel.get_part(Keepers), definition.name
    state = keepers.get_state(name)
    spec = await kernel.db.read(lambda tx: _make_spec(tx, definition, launch, warm))

    def begin(tx: Tx) -> str:
        told = {"name": name, "version": launch.version, "previous": state.active, "kind": kind}
        told |= {"permission": permission} if permission else {}
        tx.emit("service.swap_started", name, told, actor)
        return insert_swap(tx, name, kind, (state.active, launch.version), spec.driver, actor)

    begun = await kernel.db.write(begin)
    way = f" by {spec.driver}" if spec.driver != "none" else ""
    say(f"{name}: {state.active} → {launch.version}{way}")
    try:
        done = await keepers.ask(name, requests.Swap(spec), say)
    except Problem as refusal:
        why = refusal.detail
        refused = isinstance(refusal, SwapRefused)
        await kernel.db.write(lambda tx: conclude_swap(tx, name, None, why=why, refused=refused))
        raise
    result = done.swap
    assert result is not None
    base = write_launch(definition.spec.launch)
    await kernel.db.write(lambda tx: conclude_swap(tx, name, result, base=base))
    return await kernel.db.read(lambda tx: get_swap(tx, begun))


def conclude_swap(
    tx: Tx, name: str, result: SwapResult | None, *, base: str = "", why: str = "", refused: bool = False
) -> None:
    """Write the end of the swap under way; a second time changes nothing. Without a result nothing was moved.

    ``base`` is what gonogo.toml starts by now.
    """
    swap = find_running(tx, name)
    if swap is None or (result is not None and result.version != swap.to_version):
        return
    end_swap(tx, swap.id, result, why, refused=refused)
    actor = Actor(swap.actor, swap.actor_name, "system", "viewer")
    told: dict[str, Any] = {"name": name, "version": swap.to_version, "previous": swap.from_version}
    if result is None or not result.moved:
        tx.emit("service.swap_failed", name, told | {"why": why if result is None else result.why}, actor)
        return
    save_record(tx, name, active=swap.to_version, previous=swap.from_version, base=base)
    told |= {"ready_s": result.ready_s, "duration_s": result.duration_s}
    event = "service.swapped" if swap.kind == "swap" else "service.rolled_back"
    tx.emit(event, name, told, actor)


def _choose_launch(tx: Tx, definition: Definition, request: SwapRequest, actor: Actor) -> Launch:
    name = definition.name
    recorded = list_versions(tx, name)
    chosen = request.version or name_next(recorded)
    known = find_version(tx, name, chosen)
    if known is not None and not has_overrides(request):
        return read_launch(known)
    launch = make_launch(definition, chosen, request)
    if (fault := find_launch_fault(launch)) is not None:
        raise BadVersion(fault[1], field=fault[0])
    if known is None:
        insert_version(tx, name, chosen, write_launch(launch), actor)
    elif known.launch != write_launch(launch):
        raise VersionTaken(
            f"Version '{chosen}' of '{name}' is recorded with another command, folder or environment. "
            "Leave those out to start it as it was, or take a new name.",
            field="version",
        )
    return launch


def _find_previous(tx: Tx, name: str) -> Launch:
    record = find_record(tx, name)
    version = find_version(tx, name, record.previous) if record is not None and record.previous else None
    if version is None:
        raise NothingToRollBack(f"'{name}' has been swapped by nobody yet, so there is no earlier version.")
    return read_launch(version)


def _make_spec(tx: Tx, definition: Definition, launch: Launch, warm: bool | None) -> ServiceSpec:
    record = find_record(tx, definition.name)
    return msgspec.structs.replace(
        definition.spec,
        launch=launch,
        replicas=record.replicas if record is not None and record.replicas else definition.spec.replicas,
        warm=definition.spec.warm if warm is None else warm,
    )
