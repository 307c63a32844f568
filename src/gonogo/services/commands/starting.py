"""Up and down: services started in the order of their needs, and ended in the opposite one."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from functools import partial
from urllib.parse import urlsplit

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.run_as import CantRunAs, UserNotFound, check_can_become
from gonogo.services.calling import Say
from gonogo.services.commands.foreign import move_foreign
from gonogo.services.definition import Definition
from gonogo.services.errors import PortTaken, ServiceDown, TunnelRuns, UserUnusable
from gonogo.services.foreign.board import ForeignBoard
from gonogo.services.foreign.runner import Runner
from gonogo.services.keepers import Keepers
from gonogo.services.ports import find_owner, find_same
from gonogo.services.spec import Launch, ServiceSpec
from gonogo.services.state import KeeperState
from gonogo.services.store.records import find_record, save_record
from gonogo.services.store.versions import find_version, insert_version, list_versions
from gonogo.services.versions import name_next, read_launch, write_launch


async def start_services(kernel: Kernel, actor: Actor, names: Sequence[str], say: Say = lambda _: None) -> list[str]:
    """Start these services (all when none is named) and what they need; gives those that were started.

    Raises ``ServiceNotFound``, ``PortTaken``, ``UserUnusable``, ``KeeperFailed``, ``ServiceDown``.
    """
    authorise(actor, "operator")
    keepers, started = kernel.get_part(Keepers), []
    foreign, own = _part_names(kernel, names)
    for name, runner in foreign.items():
        await move_foreign(kernel, actor, name, "service.started", runner.start())
        started.append(name)
        say(f"{name} started")
    for definition in _gather(keepers, own):
        for needed in definition.depends_on:
            await _await_ready(keepers, definition, needed)
        async with keepers.hold(definition.name):
            if await _start(kernel, keepers, actor, definition):
                started.append(definition.name)
                say(f"{definition.name} started")
            else:
                say(f"{definition.name} runs already")
    return started


async def stop_services(kernel: Kernel, actor: Actor, names: Sequence[str], say: Say = lambda _: None) -> list[str]:
    """End these services (all when none is named), and before them what needs them; gives those that were ended."""
    authorise(actor, "operator")
    keepers, ended = kernel.get_part(Keepers), []
    foreign, own = _part_names(kernel, names)
    for name, runner in foreign.items():
        await move_foreign(kernel, actor, name, "service.stopped", runner.stop())
        ended.append(name)
        say(f"{name} ended")
    for definition in reversed(_gather_needing(keepers, own)):
        name = definition.name
        async with keepers.hold(name):
            await kernel.db.write(partial(save_record, name=name, wanted="down"))
            if keepers.find_state(name) is None:
                say(f"{name} was not running")
                continue
            await keepers.end(name)
            await kernel.db.write(partial(_note_end, name=name, actor=actor))
            ended.append(name)
            say(f"{name} ended")
    return ended


def _note_end(tx: Tx, name: str, actor: Actor) -> None:
    tx.emit("service.stopped", name, {"name": name}, actor)


async def _start(kernel: Kernel, keepers: Keepers, actor: Actor, definition: Definition) -> bool:
    name = definition.name
    if keepers.find_state(name) is not None:
        await kernel.db.write(lambda tx: save_record(tx, name, wanted="up"))
        return False
    try:
        await asyncio.to_thread(check_place, definition, keepers.list_left(name))
        spec = await kernel.db.write(lambda tx: _choose_spec(tx, definition, actor))
        await keepers.start(spec)
    except Exception as error:
        keepers.faults[name] = str(error)
        raise
    keepers.faults.pop(name, None)
    told = {"name": name, "version": spec.launch.version, "replicas": spec.replicas}
    await kernel.db.write(lambda tx: tx.emit("service.started", name, told, actor))
    return True


def check_place(definition: Definition, left: Collection[int]) -> None:
    """Whether the service can have its address and its user. Raises ``PortTaken``, ``TunnelRuns``, ``UserUnusable``.

    ``left`` are sessions of the service itself whose keeper was killed; the next keeper ends them.
    """
    spec = definition.spec
    host, port = spec.address if spec.listen else ("127.0.0.1", spec.port or 0)
    owner = find_owner(host, port) if port else None
    if owner is not None and owner.session not in left:
        raise PortTaken(
            f"'{spec.name}' can't have {host}:{port}: it belongs to {owner}. End that process, or give the service "
            "another port.",
            field="listen" if spec.listen else "port",
            owner=msgspec.to_builtins(owner),
        )
    if definition.kind == "tunnel":
        _check_tunnel(spec, left)
    if spec.user is not None:
        _check_user(spec.name, spec.user)


def _check_tunnel(spec: ServiceSpec, left: Collection[int]) -> None:
    same = find_same(spec.launch.command)
    if same is not None and same.session not in left:
        raise TunnelRuns(
            f"'{spec.name}' runs already: {same}. End that one, or leave this tunnel out of gonogo.toml.",
            field="command",
        )
    api = urlsplit(spec.public.api or "") if spec.public else urlsplit("")
    owner = find_owner(api.hostname or "", api.port or 0) if api.port else None
    if owner is not None and owner.session not in left:
        raise PortTaken(
            f"'{spec.name}' is to be asked for its address at {api.netloc}, which belongs to {owner}. Another tunnel "
            "of this kind runs already: end it, or give this one another url_api.",
            field="url_api",
        )


def _check_user(name: str, user: str) -> None:
    try:
        check_can_become(user)
    except UserNotFound as error:
        raise UserUnusable(f"'{name}' is to run as '{user}', but there is no such user here.", field="user") from error
    except CantRunAs as error:
        raise UserUnusable(
            f"'{name}' is to run as '{user}', which only root can arrange. Run Gonogo as root, or leave 'user' out.",
            field="user",
        ) from error


def _choose_spec(tx: Tx, definition: Definition, actor: Actor) -> ServiceSpec:
    record = find_record(tx, definition.name)
    launch = _choose_launch(tx, definition, actor)
    previous = record.previous if record is not None and record.active == launch.version else None
    save_record(
        tx,
        definition.name,
        wanted="up",
        active=launch.version,
        previous=previous,
        base=write_launch(definition.spec.launch),
    )
    replicas = record.replicas if record is not None and record.replicas else definition.spec.replicas
    return msgspec.structs.replace(definition.spec, launch=launch, replicas=replicas)


def _choose_launch(tx: Tx, definition: Definition, actor: Actor) -> Launch:
    """The version that was in service last, unless gonogo.toml has changed since."""
    base, record = write_launch(definition.spec.launch), find_record(tx, definition.name)
    if record is not None and record.active is not None and record.base == base:
        version = find_version(tx, definition.name, record.active)
        if version is not None:
            return read_launch(version)
    recorded = list_versions(tx, definition.name)
    same = next((version for version in recorded if version.launch == base), None)
    if same is not None:
        return read_launch(same)
    name = name_next(recorded)
    insert_version(tx, definition.name, name, base, actor)
    return msgspec.structs.replace(definition.spec.launch, version=name)


def _part_names(kernel: Kernel, names: Sequence[str]) -> tuple[dict[str, Runner], list[str]]:
    """Those of ``names`` that something else runs, and the rest; without names all that Gonogo keeps."""
    board, chosen = kernel.get_part(ForeignBoard), names or kernel.get_part(Keepers).definitions
    foreign = {name: runner for name in chosen if (runner := board.find_runner(name)) is not None}
    return foreign, [name for name in chosen if name not in foreign]


def _gather(keepers: Keepers, names: Sequence[str]) -> list[Definition]:
    wanted: set[str] = set()

    def want(name: str) -> None:
        if name not in wanted:
            wanted.add(name)
            for needed in keepers.get_definition(name).depends_on:
                want(needed)

    for name in names:
        want(name)
    return [definition for name, definition in keepers.definitions.items() if name in wanted]


def _gather_needing(keepers: Keepers, names: Sequence[str]) -> list[Definition]:
    wanted = {keepers.get_definition(name).name for name in names}
    for definition in keepers.definitions.values():
        if not wanted.isdisjoint(definition.depends_on):
            wanted.add(definition.name)
    return [definition for name, definition in keepers.definitions.items() if name in wanted]


async def _await_ready(keepers: Keepers, definition: Definition, needed: str) -> None:
    def is_settled(state: KeeperState) -> bool:
        return state.is_ready or all(each.phase == "gave_up" for each in state.serving)

    limit = keepers.get_definition(needed).spec.health.ready_within
    try:
        async with asyncio.timeout(limit):
            state = await keepers.await_state(needed, is_settled)
    except TimeoutError as error:
        raise ServiceDown(
            f"'{definition.name}' needs '{needed}', which was not ready within {limit:g} s.", field="depends_on"
        ) from error
    if not state.is_ready:
        raise ServiceDown(f"'{definition.name}' needs '{needed}': {state.serving[0].why}.", field="depends_on")
