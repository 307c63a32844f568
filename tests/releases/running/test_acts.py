"""What people may do to a run, and what goes into its record with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.kernel.errors import BadInput
from gonogo.kernel.kernel import Kernel
from gonogo.releases import commands
from gonogo.releases.errors import ItemNotFound, WrongMove
from gonogo.releases.schemas import Act
from tests.releases.conftest import ANN, BEA
from tests.releases.drive import (
    ATTENDED,
    load,
    read_journal,
    start,
    wait_asked,
    wait_end,
    wait_until,
)
from tests.releases.plans import (
    make_check,
    make_item,
    make_phase,
    make_plan,
    make_run,
)


async def test_several_are_ticked_at_once_or_none(kernel: Kernel, workdir: Path) -> None:
    boxes = [make_item(f"h{number}", "human") for number in range(1, 4)]
    plan = make_plan(make_phase("p1", *boxes, make_item("d1", "gate")))
    run = await start(kernel, plan, workdir, ATTENDED)
    await wait_asked(kernel, run, "h1")
    for refused, error in ((["h1", "d1"], WrongMove), (["h1", "h9"], ItemNotFound), ([], BadInput)):
        with pytest.raises(error):
            await commands.tick_items(kernel, ANN, run, refused, Act())
    assert (await load(kernel, run)).state.get_item("h1").status == "open"
    await commands.tick_items(kernel, ANN, run, ["h1", "h2", "h3", "h2"], Act(note="walked through"))
    state = await wait_asked(kernel, run, "d1")
    assert {state.get_item(f"h{number}").note for number in range(1, 4)} == {"walked through"}


async def test_a_decision_waits_for_what_comes_before_it(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_item("h1", "human"), make_run("r1", "true"), make_item("d1", "gate")))
    run = await start(kernel, plan, workdir)
    await wait_end(kernel, run)
    with pytest.raises(WrongMove, match="comes after line 1 `true`"):
        await commands.decide_gate(kernel, BEA, run, "d1", Act(decision="go"))


async def test_left_out_with_its_checks(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "true", runs="ask"), make_check("c1", "r1")))
    run = await start(kernel, plan, workdir)
    assert (await wait_end(kernel, run)).status == "held"
    await commands.skip_item(kernel, ANN, run, "r1", Act(reason="done last week"))
    state = await wait_until(kernel, run, lambda state: state.status == "finished")
    assert (state.verdict, state.get_item("c1").by, state.get_item("c1").note) == ("go", ANN.name, "done last week")
    left_out = next(entry for entry in await read_journal(kernel, run) if entry.name == "item_skipped")
    assert left_out.data["checks"] == ["c1"]
