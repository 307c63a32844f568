"""Plans built by hand and a kernel to run them on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.clock import format_instant
from gonogo.kernel.config import Config
from gonogo.kernel.ids import new_id
from gonogo.kernel.kernel import Kernel
from gonogo.releases.deciding.course import Course
from gonogo.releases.deciding.state import Options, RunState
from gonogo.releases.journal import GENESIS
from gonogo.releases.plan import Item, Phase, Plan, Source
from gonogo.releases.record.ledger import Run
from gonogo.releases.room import ROOM
from gonogo.releases.running.starting import launch_run


def make_run(key: str, command: str) -> Item:
    """A command."""
    return Item(id=key, kind="run", line=1, end_line=1, text=command, command=command, runs="auto")


def make_rollback(key: str, command: str) -> Item:
    """A rollback command."""
    return Item(id=key, kind="rollback", line=1, end_line=1, text=command, command=command, runs="never")


def make_plan(*items: Item, back: tuple[Item, ...] = ()) -> Plan:
    """One phase of these items, and the way back."""
    phases = (
        Phase(id="p1", title="Deploy", line=1, end_line=1, items=items, role="deploy"),
        Phase(id="p2", title="Rollback", line=1, end_line=1, items=back, role="rollback"),
    )
    return Plan(source=Source(path="benchmark.md", sha256="0" * 64, title="Benchmark"), phases=phases, findings=())


@asynccontextmanager
async def open_kernel(home: Path) -> AsyncIterator[Kernel]:
    """The releases room alone, with the durability it has in production."""
    async with Kernel(Config(home=str(home), admin_password="benchmarks need none"), (ROOM,)) as kernel:
        yield kernel


async def play(kernel: Kernel, plan: Plan, workdir: Path) -> str:
    """Start an unattended run that rolls back by itself, and wait for its end; gives its id."""
    with kernel.bus.subscribe("release") as news:
        run = await _start(kernel, plan, workdir)
        while (await news.get()).name != "release.finished":
            continue
    return run


async def _start(kernel: Kernel, plan: Plan, workdir: Path) -> str:
    row = {
        "id": new_id(),
        "checklist_id": None,
        "title": plan.source.title,
        "path": plan.source.path,
        "sha256": plan.source.sha256,
        "markdown": "",
        "plan": msgspec.json.encode(plan).decode(),
        "environment": None,
        "target": "benchmark",
        "workdir": str(workdir),
        "started_by": SYSTEM.id,
        "started_by_name": SYSTEM.name,
        "started_at": format_instant(kernel.clock.now()),
        "finished_at": None,
        "status": "new",
        "verdict": None,
        "rollback_seconds": None,
        "head_seq": 0,
        "head_hash": GENESIS,
    }
    options = msgspec.to_builtins(Options(attended=False, on_no_go="rollback"))
    run = await launch_run(kernel, SYSTEM, Run(row, Course(plan), RunState()), {"options": options}, {})
    return run.id
