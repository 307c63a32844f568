"""Waits and soaks of whole runs: what they watch, and what ends them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gonogo.kernel.clock import parse_instant
from gonogo.kernel.kernel import Kernel
from gonogo.kernel.signals import Signal
from gonogo.releases.deciding.state import RunState
from tests.fake_clock import FakeClock
from tests.releases.drive import (
    pass_time,
    start,
    wait_until,
)
from tests.releases.plans import (
    make_gate,
    make_item,
    make_phase,
    make_plan,
)


def measure(kernel: Kernel, value: float) -> None:
    kernel.signals.declare(Signal("http.errors", "%", "Errors"))
    kernel.signals.record("http.errors", value, at=kernel.clock.now())


async def test_soak_passes_at_its_deadline(kernel: Kernel, workdir: Path, clock: FakeClock) -> None:
    measure(kernel, 0.1)
    soak = make_item("w1", "wait", duration_s=1800.0, expression="http.errors < 1%")
    run = await start(kernel, make_plan(make_phase("p1", soak)), workdir)
    await wait_until(kernel, run, lambda state: state.get_item("w1").status == "waiting")
    state = await soak_through(kernel, run, clock, lambda _at: measure(kernel, 0.2))
    assert state.get_item("w1").status == "passed"
    assert "none breached" in state.get_item("w1").why


async def soak_through(kernel: Kernel, run: str, clock: FakeClock, each: Callable[[int], None]) -> RunState:
    """Let half an hour pass, a look every twenty seconds."""
    for at in range(90):
        each(at)
        clock.advance(20)
        for _ in range(3):
            await kernel.db.write(lambda _tx: None)
    return await pass_time(kernel, run, clock)


@pytest.mark.parametrize("silent_from", [0, 45])
async def test_soak_without_data_proves_nothing(
    kernel: Kernel, workdir: Path, clock: FakeClock, silent_from: int
) -> None:
    kernel.signals.declare(Signal("http.errors", "%", "Errors"))
    plan = make_plan(make_phase("p1", make_item("w1", "wait", duration_s=1800.0), make_gate("g1", "http.errors < 1%")))
    run = await start(kernel, plan, workdir)
    await wait_until(kernel, run, lambda state: state.get_item("w1").status == "waiting")
    state = await soak_through(kernel, run, clock, lambda at: measure(kernel, 0.2) if at < silent_from else None)
    assert (state.status, state.get_item("w1").status) == ("held", "no_data")
    assert "http.errors" in state.get_item("w1").why


async def test_soak_with_a_hole_proves_nothing(kernel: Kernel, workdir: Path, clock: FakeClock) -> None:
    plan = make_plan(make_phase("p1", make_item("w1", "wait", duration_s=1800.0), make_gate("g1", "http.errors < 1%")))
    measure(kernel, 0.2)
    run = await start(kernel, plan, workdir)
    await wait_until(kernel, run, lambda state: state.get_item("w1").status == "waiting")
    state = await soak_through(kernel, run, clock, lambda at: None if 20 < at < 60 else measure(kernel, 0.2))
    assert (state.status, state.get_item("w1").status) == ("held", "no_data")
    assert "s of 30m only" in state.get_item("w1").why


async def test_soak_watches_what_stands_under_its_sub_headings(kernel: Kernel, workdir: Path, clock: FakeClock) -> None:
    measure(kernel, 0.1)
    above = make_phase("p1", make_item("w1", "wait", duration_s=1800.0), title="Watch it", path=("Ship",))
    below = make_phase("p2", make_gate("g1", "http.errors < 1%"), title="Errors", path=("Ship", "Watch it"))
    run = await start(kernel, make_plan(above, below), workdir)
    await wait_until(kernel, run, lambda state: state.get_item("w1").status == "waiting")
    measure(kernel, 3.0)
    state = await pass_time(kernel, run, clock)
    assert (state.get_item("w1").status, state.verdict) == ("failed", "no_go")


@pytest.mark.parametrize("jump", [3600, -600])
async def test_wait_sees_the_wall_clock_being_set(kernel: Kernel, workdir: Path, clock: FakeClock, jump: int) -> None:
    run = await start(kernel, make_plan(make_phase("p1", make_item("w1", "wait", duration_s=1800.0))), workdir)
    state = await wait_until(kernel, run, lambda state: state.get_item("w1").status == "waiting")
    until = parse_instant(state.get_item("w1").until or "")
    clock.jump(jump)
    state = await pass_time(kernel, run, clock, 2500)
    finished = parse_instant(state.get_item("w1").finished_at or "")
    assert state.verdict == "go"
    # At once after a jump past the deadline, and never before the deadline where time was set back.
    assert 0 <= (finished - until).total_seconds() <= max(jump, 0) - 1800 + 6 if jump > 0 else finished >= until


async def test_soak_ends_at_a_breach(kernel: Kernel, workdir: Path, clock: FakeClock) -> None:
    measure(kernel, 0.1)
    trigger = make_gate("t1", "http.errors > 5%", polarity="bad")
    soak = make_item("w1", "wait", duration_s=1800.0)
    plan = make_plan(make_phase("p1", soak), make_phase("b", trigger, role="rollback"))
    run = await start(kernel, plan, workdir)
    await wait_until(kernel, run, lambda state: state.get_item("w1").status == "waiting")
    measure(kernel, 9.0)
    state = await pass_time(kernel, run, clock)
    assert (state.get_item("w1").status, state.verdict) == ("failed", "no_go")
    assert "Breached" in state.get_item("w1").why


async def test_soak_watches_the_thresholds_of_its_phase(kernel: Kernel, workdir: Path, clock: FakeClock) -> None:
    measure(kernel, 0.1)
    soak = make_item("w1", "wait", duration_s=1800.0)
    plan = make_plan(make_phase("p1", soak, make_gate("g1", "http.errors < 1%")))
    run = await start(kernel, plan, workdir)
    await wait_until(kernel, run, lambda state: state.get_item("w1").status == "waiting")
    measure(kernel, 3.0)
    state = await pass_time(kernel, run, clock)
    assert (state.get_item("w1").status, state.verdict) == ("failed", "no_go")
