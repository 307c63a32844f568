"""What goes wrong around a run: a full disk, a defect, a folder that is not there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.releases import commands
from gonogo.releases.running import work
from gonogo.releases.schemas import Act
from tests.fake_clock import FakeClock
from tests.releases.conftest import ANN
from tests.releases.drive import (
    load,
    read_out,
    start,
    wait_end,
    wait_until,
)
from tests.releases.plans import (
    make_check,
    make_phase,
    make_plan,
    make_rollback,
    make_run,
)


async def test_rollback_runs_where_the_run_began_and_stops_at_a_failed_cd(kernel: Kernel, workdir: Path) -> None:
    back = make_phase(
        "back", make_rollback("b1", "pwd"), make_rollback("b2", "cd nowhere"), make_rollback("b3", "touch done"),
        role="rollback",
    )  # fmt: skip
    plan = make_plan(make_phase("p1", make_run("r1", "mkdir sub; cd sub; touch state"), make_run("r2", "false")), back)
    run = await start(kernel, plan, workdir)
    state = await wait_end(kernel, run)
    assert (state.status, read_out(kernel, run, "b1")) == ("held", f"{workdir}\n")
    assert state.get_item("b2").status == "failed"
    assert not (workdir / "done").exists()
    await commands.skip_item(kernel, ANN, run, "b2", Act(reason="there is no such folder"))
    state = await wait_until(kernel, run, lambda state: state.status == "finished")
    assert (workdir / "done").exists()
    assert "Left out: line 1 `cd nowhere`" in state.why


async def test_status_that_the_checklist_handles_is_data(kernel: Kernel, workdir: Path) -> None:
    ask = make_run("r1", "PID=$(pgrep -x no-such-program)", fence="f1")
    handled = make_run("r2", 'if [ -z "$PID" ]; then echo "not running"; fi', fence="f1")
    run = await start(kernel, make_plan(make_phase("p1", ask, handled)), workdir)
    state = await wait_end(kernel, run)
    assert (state.verdict, state.get_item("r1").exit_code) == ("go", 1)
    assert "handles" in state.get_item("r1").why
    run = await start(kernel, make_plan(make_phase("p1", ask, make_run("r2", "echo $PID", fence="f1"))), workdir)
    assert (await wait_end(kernel, run)).verdict == "no_go"


async def test_full_disk_is_waited_for(
    kernel: Kernel, workdir: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, refused = kernel.db.write, 0

    async def write_on_a_full_disk(change: Callable[[Tx], Any]) -> Any:
        nonlocal refused
        if "Runner." in change.__qualname__ and (workdir / "log").exists() and refused < 5:
            refused += 1
            raise OperationalError("INSERT", {}, Exception("database or disk is full"))
        return await write(change)

    monkeypatch.setattr(kernel.db, "write", write_on_a_full_disk)
    plan = make_plan(make_phase("p1", make_run("r1", "echo once >> log"), make_run("r2", "echo twice >> log")))
    run = await start(kernel, plan, workdir)
    async with asyncio.timeout(60):
        while (state := (await load(kernel, run)).state).status != "finished":
            clock.advance(1)
            await asyncio.sleep(0.01)
    assert (state.verdict, refused) == ("go", 5)
    assert (workdir / "log").read_text() == "once\ntwice\n"


async def test_defect_holds_the_run(kernel: Kernel, workdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_arguments: Any) -> Any:
        raise ValueError("oh dear")

    plan = make_plan(make_phase("p1", make_run("r1", "echo ok"), make_check("c1", "r1")))
    with monkeypatch.context() as broken:
        broken.setattr(work, "judge", break_down)
        run = await start(kernel, plan, workdir)
        state = await wait_end(kernel, run)
    assert state.status == "held"
    assert "oh dear" in state.why
    await commands.resume_run(kernel, ANN, run)
    state = await wait_until(kernel, run, lambda state: state.status == "finished")
    assert (state.verdict, state.get_item("r1").attempt) == ("go", 1)
