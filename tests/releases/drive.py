"""Starting plans made by hand on a real kernel, and waiting for what they come to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.clock import format_instant
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel
from gonogo.releases import store
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.state import Options, RunState
from gonogo.releases.journal import GENESIS, Entry
from gonogo.releases.plan import Plan
from gonogo.releases.record.files import find_folder
from gonogo.releases.record.ledger import Ledger, Run
from gonogo.releases.running.starting import launch_run
from gonogo.releases.shell.files import AttemptFiles
from tests.fake_clock import FakeClock
from tests.releases.conftest import ANN

LONGEST_S = 60.0
UNATTENDED = Options(attended=False, on_no_go="rollback", started_by=ANN.id, started_by_name=ANN.name)
ATTENDED = Options(attended=True, on_no_go="ask", started_by=ANN.id, started_by_name=ANN.name)


def build_run(kernel: Kernel, plan: Plan, workdir: Path, **row: Any) -> Run:
    """A run that is not stored yet."""
    values = {
        "id": new_id(),
        "checklist_id": None,
        "title": plan.source.title,
        "path": plan.source.path,
        "sha256": plan.source.sha256,
        "markdown": "",
        "plan": msgspec.json.encode(plan).decode(),
        "environment": None,
        "target": "production",
        "workdir": str(workdir),
        "started_by": ANN.id,
        "started_by_name": ANN.name,
        "started_at": format_instant(kernel.clock.now()),
        "finished_at": None,
        "status": "new",
        "verdict": None,
        "rollback_seconds": None,
        "head_seq": 0,
        "head_hash": GENESIS,
    }
    return Run({**values, **row}, Course(plan), RunState())


async def start(
    kernel: Kernel,
    plan: Plan,
    workdir: Path,
    options: Options = UNATTENDED,
    variables: dict[str, str] | None = None,
    actor: Actor = ANN,
    **row: Any,
) -> str:
    """Start a plan; gives the id of its run."""
    run = build_run(kernel, plan, workdir, **row)
    facts = {"options": msgspec.to_builtins(options)}
    started = await launch_run(kernel, actor, run, facts, variables or {})
    return started.id


async def load(kernel: Kernel, run: str) -> Run:
    """The run as it is stored."""
    return await kernel.db.read(lambda tx: kernel.get_part(Ledger).get(tx, run))


async def read_journal(kernel: Kernel, run: str) -> list[Entry]:
    """Its whole journal."""
    return await kernel.db.read(lambda tx: store.list_entries(tx, run))


async def wait_until(kernel: Kernel, run: str, condition: Callable[[RunState], bool]) -> RunState:
    """The state of the run once the condition holds."""
    with kernel.bus.subscribe(f"release:{run}") as news:
        async with asyncio.timeout(LONGEST_S):
            while True:
                state = (await load(kernel, run)).state
                if condition(state):
                    return state
                await news.get()


async def wait_end(kernel: Kernel, run: str) -> RunState:
    """The state once the run is finished or held."""
    return await wait_until(kernel, run, lambda state: state.status in ("finished", "held"))


async def wait_asked(kernel: Kernel, run: str, item: str) -> RunState:
    """The state once a person is asked about this item."""
    return await wait_until(kernel, run, lambda state: state.asked is not None and state.asked.item == item)


def read_out(kernel: Kernel, run: str, item: str, attempt: int = 1, name: str = "out") -> str:
    """The kept output of one attempt."""
    return AttemptFiles(find_folder(kernel.config, run), item, attempt).path(name).read_text()


async def pass_time(kernel: Kernel, run: str, clock: FakeClock, most_s: int = 200) -> RunState:
    """The state once the run is finished or held, letting second after second pass."""
    for _ in range(most_s):
        state = (await load(kernel, run)).state
        if state.status in ("finished", "held"):
            return state
        clock.advance(1)
        await kernel.db.write(lambda _tx: None)
    raise AssertionError(f"still {state.status} after {most_s} s")
