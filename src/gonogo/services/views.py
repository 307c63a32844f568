"""A service as people see it: what is declared, how it runs, what it uses, in one value."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import msgspec

from gonogo.kernel.clock import format_instant
from gonogo.kernel.kernel import Kernel
from gonogo.services.definition import Definition, ForeignDefinition, Kind
from gonogo.services.foreign.board import ForeignBoard
from gonogo.services.foreign.runner import ForeignState
from gonogo.services.keepers import Keepers
from gonogo.services.schemas import Record
from gonogo.services.state import InstanceState, KeeperState
from gonogo.services.store.records import find_record, list_records
from gonogo.services.usage import Meter, Usage

Condition = Literal["ready", "degraded", "starting", "swapping", "crashing", "gave_up", "down", "failed"]


class ProcessView(msgspec.Struct, frozen=True, kw_only=True):
    """One process of a service."""

    name: str
    version: str
    role: str
    phase: str
    pid: int | None
    since: str
    restarts: int
    why: str


class ServiceView(msgspec.Struct, frozen=True, kw_only=True):
    """A service now. ``why`` says what is wrong, if anything is; times in seconds, ``rss`` in bytes, ``cpu`` in %."""

    name: str
    kind: Kind
    condition: Condition
    why: str
    wanted: bool
    version: str | None
    previous: str | None
    swapping: str | None
    driver: str
    listen: str | None
    url: str | None
    depends_on: tuple[str, ...]
    replicas: int
    ready: int
    restarts: int
    usage: Usage
    processes: tuple[ProcessView, ...]


async def view_services(kernel: Kernel) -> list[ServiceView]:
    """Every service and tunnel, in the order of their needs."""
    keepers = kernel.get_part(Keepers)
    records = await kernel.db.read(list_records)
    own = [view_service(kernel, definition, records.get(name)) for name, definition in keepers.definitions.items()]
    board = kernel.get_part(ForeignBoard)
    return own + [view_foreign(definition, board.states.get(name)) for name, definition in board.definitions.items()]


async def view_named(kernel: Kernel, name: str) -> ServiceView:
    """One of them. Raises ``ServiceNotFound``."""
    board = kernel.get_part(ForeignBoard)
    if name in board.definitions:
        return view_foreign(board.definitions[name], board.states.get(name))
    definition = kernel.get_part(Keepers).get_definition(name)
    return view_service(kernel, definition, await kernel.db.read(lambda tx: find_record(tx, name)))


def view_foreign(definition: ForeignDefinition, state: ForeignState | None) -> ServiceView:
    """A service that something else runs, as that last told."""
    condition: Condition = "starting"
    if state is not None:
        condition = "ready" if state.ready >= state.replicas else "degraded" if state.ready else "down"
    return ServiceView(
        name=definition.name,
        kind="foreign",
        condition=condition,
        why=state.why if state else "it has not been asked yet",
        wanted=True,
        version=state.version if state else None,
        previous=None,
        swapping=None,
        driver=definition.run_by,
        listen=definition.target,
        url=None,
        depends_on=(),
        replicas=state.replicas if state else 1,
        ready=state.ready if state else 0,
        restarts=state.restarts if state else 0,
        usage=Usage(),
        processes=(),
    )


def view_service(kernel: Kernel, definition: Definition, record: Record | None) -> ServiceView:
    """One of them."""
    name, spec, keepers = definition.name, definition.spec, kernel.get_part(Keepers)
    state, fault = keepers.find_state(name), keepers.faults.get(name, "")
    condition, why = judge_state(state, fault)
    return ServiceView(
        name=name,
        kind=definition.kind,
        condition=condition,
        why=why,
        wanted=record.wanted == "up" if record is not None else definition.autostart,
        version=state.active if state else record.active if record else None,
        previous=record.previous if record else None,
        swapping=state.swapping if state else None,
        driver=spec.driver,
        listen=spec.listen or (f"port {spec.port}" if spec.port else None),
        url=state.url if state else None,
        depends_on=definition.depends_on,
        replicas=len(state.serving) if state else (record.replicas if record else None) or spec.replicas,
        ready=state.ready_count if state else 0,
        restarts=sum(each.restarts for each in state.instances) if state else 0,
        usage=kernel.get_part(Meter).usage.get(name, Usage()) if state else Usage(),
        processes=tuple(_view_process(each) for each in state.instances) if state else (),
    )


def judge_state(state: KeeperState | None, fault: str) -> tuple[Condition, str]:
    """The one word for a state, and why."""
    if state is None:
        return ("failed", fault) if fault else ("down", "")
    unwell = [each for each in state.instances if each.phase != "ready" and each.role in ("active", "proxy")]
    why = next((f"{each.name}: {each.why}" for each in unwell if each.why), "")
    if any(each.phase == "gave_up" for each in unwell):
        return "gave_up", why
    if state.swapping:
        return "swapping", f"{state.swapping} is getting ready"
    if not state.is_ready:
        return ("crashing" if any(_keeps_crashing(each) for each in unwell) else "starting"), why
    if state.outside:
        return "degraded", state.outside
    return ("degraded", why) if unwell else ("ready", "")


def _keeps_crashing(state: InstanceState) -> bool:
    # Once may happen to anybody, and the next start helps; then it is one that does not.
    return state.restarts > 1 and state.phase in ("starting", "backing_off")


def _view_process(state: InstanceState) -> ProcessView:
    return ProcessView(
        name=state.name,
        version=state.version,
        role=state.role,
        phase=state.phase,
        pid=state.process.pid if state.process else None,
        since=format_instant(datetime.fromtimestamp(state.since, UTC)),
        restarts=state.restarts,
        why=state.why,
    )
