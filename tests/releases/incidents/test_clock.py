"""The clock of incidents: opened by policy, due and called by the clock, with all of the rollback in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gonogo.kernel.config import Config, ConfigError
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.events.event import Event
from gonogo.kernel.kernel import Kernel
from gonogo.releases.follow_up_schemas import FollowUp, Tick
from gonogo.releases.follow_ups.board import read_task_panels
from gonogo.releases.follow_ups.commands import tick_task
from gonogo.releases.incident_schemas import Incident, IncidentChange, IncidentRequest
from gonogo.releases.incident_store import list_incidents
from gonogo.releases.incidents.clock import ClockStep, read_clock
from gonogo.releases.incidents.commands import change_incident, get_incident, open_incident
from gonogo.releases.room import ROOM
from tests.fake_clock import FakeClock
from tests.releases.conftest import ANN, BEA, TABLES, add_accounts
from tests.releases.drive import start, wait_end
from tests.releases.plans import make_phase, make_plan, make_rollback, make_run

STEPS = [
    {"after": "30m", "what": "Root cause narrowed down"},
    {"after": "10m", "what": "Customers of the bakery told", "who": "CTO"},
    {"after": "1h", "what": "Report written", "who": "duty baker"},
]
BACK = make_phase("back", make_rollback("b1", "echo cold > oven"), make_rollback("b2", "rm oven"), role="rollback")
BROKEN = make_plan(make_phase("p1", make_run("r1", "touch oven"), make_run("r2", "echo smoke; exit 4")), BACK)


async def open_bakery(tmp_path: Path, clock: FakeClock, table: dict[str, Any]) -> AsyncIterator[Kernel]:
    tables = {**TABLES, "incidents": table}
    config = Config(
        home=str(tmp_path / "home"), admin_password="long enough it is", database_synchronous="NORMAL", tables=tables
    )
    async with Kernel(config, (ROOM,), clock) as kernel:
        await kernel.db.write(add_accounts)
        yield kernel


@pytest.fixture
async def bakery(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Kernel]:
    async for kernel in open_bakery(tmp_path, clock, {"steps": STEPS, "remind": "15m"}):
        yield kernel


async def list_all(kernel: Kernel) -> list[Incident]:
    found = await kernel.db.read(list_incidents)
    return await kernel.db.read(lambda tx: [get_incident(kernel, tx, each.id) for each in found])


def clock_steps(incident: Incident) -> list[FollowUp]:
    return [task for task in incident.tasks if task.period[0].isdigit()]


async def read_called(kernel: Kernel) -> list[Event]:
    return await kernel.db.read(lambda tx: find_events(tx, names=["incident.step_due"]))


async def pass_minutes(kernel: Kernel, clock: FakeClock, minutes: float) -> list[Event]:
    """Let time pass, and the periodic look with it; gives what was called so far."""
    clock.advance(minutes * 60)
    for _ in range(20):
        await asyncio.sleep(0.01)
        await kernel.db.write(lambda _tx: None)
    return await read_called(kernel)


async def test_a_rollback_opens_an_incident_with_its_steps(bakery: Kernel, workdir: Path) -> None:
    run = await start(bakery, BROKEN, workdir)
    await wait_end(bakery, run)
    [incident] = await list_all(bakery)
    assert (incident.run, incident.status, incident.opened_by) == (run, "open", "Gonogo")
    assert "rolled back" in incident.title
    assert [(step.period, step.text, step.owner) for step in clock_steps(incident)] == [
        ("10m", "Customers of the bakery told", BEA.name),
        ("30m", "Root cause narrowed down", ANN.name),
        ("1h", "Report written", "duty baker"),
    ]


async def test_it_holds_the_whole_rollback_though_it_was_opened_at_its_beginning(bakery: Kernel, workdir: Path) -> None:
    run = await start(bakery, BROKEN, workdir)
    await wait_end(bakery, run)
    [incident] = await list_all(bakery)
    told = [moment.what for moment in incident.timeline]
    assert any(what.startswith("The rollback began") for what in told)
    assert any(what.startswith("The rollback ended") for what in told)
    assert [step.what for step in incident.steps][-2:] == ["echo cold > oven", "rm oven"]
    assert incident.excerpts[0].text == "smoke"


async def test_steps_are_called_when_due_and_again_while_late(bakery: Kernel, clock: FakeClock) -> None:
    incident = await open_incident(bakery, ANN, IncidentRequest(title="The oven smokes"))
    assert await pass_minutes(bakery, clock, 9.8) == []
    [first] = await pass_minutes(bakery, clock, 0.3)
    assert (first.subject, first.data["text"], first.data["owner"], first.data["again"]) == (
        incident.id,
        "Customers of the bakery told",
        BEA.name,
        False,
    )
    assert len(await pass_minutes(bakery, clock, 10)) == 1, "not again before a quarter of an hour"
    second = (await pass_minutes(bakery, clock, 6))[-1]
    assert (second.data["again"], second.data["late_s"] >= 900) == (True, True)
    [step, *_] = clock_steps(incident)
    await tick_task(bakery, BEA, step.id, Tick())
    called = await pass_minutes(bakery, clock, 20)
    assert {event.data["text"] for event in called[2:]} == {"Root cause narrowed down"}


async def test_a_closed_incident_calls_no_more(bakery: Kernel, clock: FakeClock) -> None:
    incident = await open_incident(bakery, ANN, IncidentRequest(title="The oven smokes"))
    await change_incident(bakery, ANN, incident.id, IncidentChange(status="closed"))
    assert await pass_minutes(bakery, clock, 120) == []


async def test_steps_show_on_the_front_page(bakery: Kernel, clock: FakeClock) -> None:
    await open_incident(bakery, ANN, IncidentRequest(title="The oven smokes"))
    clock.advance(11 * 60)
    [panel] = await read_task_panels(bakery)
    assert panel.context["tasks"][0].text == "Customers of the bakery told"


async def test_tasks_of_days_and_weeks_are_no_steps(bakery: Kernel, clock: FakeClock) -> None:
    await open_incident(bakery, ANN, IncidentRequest(title="The oven smokes"))
    called = await pass_minutes(bakery, clock, 60 * 24 * 40)
    assert len(called) == len(STEPS)


@pytest.mark.parametrize(
    ("table", "back", "opened"),
    [
        ({}, True, 0),
        ({"steps": STEPS, "open_on": []}, True, 0),
        ({"steps": STEPS}, False, 0),
        ({"open_on": ["no_go"]}, False, 1),
        ({"open_on": ["rollback", "no_go"]}, True, 1),
    ],
)
async def test_policy(
    tmp_path: Path, workdir: Path, clock: FakeClock, table: dict[str, Any], back: bool, opened: int
) -> None:
    plan = BROKEN if back else make_plan(*BROKEN.phases[:1])
    async for kernel in open_bakery(tmp_path, clock, table):
        await wait_end(kernel, await start(kernel, plan, workdir))
        assert len(await list_all(kernel)) == opened


def test_the_clock_is_read_in_order() -> None:
    clock = read_clock({"incidents": {"steps": STEPS}})
    assert clock.steps[0] == ClockStep(600.0, "Customers of the bakery told", "CTO")
    assert [step.name for step in clock.steps] == ["10m", "30m", "1h"]
    assert (clock.open_on, clock.remind_s) == (("rollback",), 300.0)


@pytest.mark.parametrize(
    "table",
    [
        {"steps": [{"after": "soon", "what": "x"}]},
        {"steps": [{"after": "10m"}]},
        {"steps": [{"after": "10m", "what": " "}]},
        {"steps": [{"after": "10m", "what": "x", "whom": "y"}]},
        {"open_on": ["sunset"]},
        {"remind": "x"},
        {"stps": []},
    ],
)
def test_a_mistake_is_said_at_start(table: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"\[incidents\]"):
        read_clock({"incidents": table})
