"""Whole runs: a real kernel, a real database, real bash; only the clock is ours."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gonogo.kernel.kernel import Kernel
from gonogo.kernel.leases import find_lease
from gonogo.kernel.signals import Signal
from gonogo.releases import commands
from gonogo.releases.errors import FourEyesNeeded, RollbackRefused, TargetLocked, WrongMove
from gonogo.releases.plan import Plan
from gonogo.releases.record.files import find_folder
from gonogo.releases.running.locks import lock_target
from gonogo.releases.schemas import Act
from tests.fake_clock import FakeClock
from tests.releases.conftest import ANN, BEA
from tests.releases.drive import (
    ATTENDED,
    UNATTENDED,
    pass_time,
    read_journal,
    read_out,
    start,
    wait_asked,
    wait_end,
    wait_until,
)
from tests.releases.plans import (
    make_check,
    make_gate,
    make_item,
    make_phase,
    make_plan,
    make_rollback,
    make_run,
    make_words,
)

BACK = make_phase(
    "back",
    make_rollback("b1", 'echo back to $GONOGO_PREVIOUS_COMMIT > state; echo "$version"', promise_s=120.0),
    make_rollback("b2", "cat state"),
    make_check("bc", "b1"),
    role="rollback",
)


async def test_go(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(
        make_phase("p1", make_run("r1", "version=7; cd ..; echo ok"), make_check("c1", "r1")),
        make_phase("p2", make_run("r2", 'echo "$version $(basename $PWD)"')),
    )
    run = await start(kernel, plan, workdir)
    state = await wait_end(kernel, run)
    assert (state.verdict, state.get_item("c1").status) == ("go", "passed")
    assert read_out(kernel, run, "r2") == f"7 {workdir.parent.name}\n"


async def test_evidence_in_the_journal(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "echo $DB_PASSWORD; echo oh >&2; exit 3")))
    run = await start(kernel, plan, workdir, variables={"DB_PASSWORD": "open-sesame"})
    state = await wait_end(kernel, run)
    ended = next(entry for entry in await read_journal(kernel, run) if entry.name == "item_finished")
    assert state.verdict == "no_go"
    assert ended.data["exit_code"] == 3
    assert ended.data["evidence"]["stdout"]["size"] == len("***\n")
    assert read_out(kernel, run, "r1") == "***\n"
    assert read_out(kernel, run, "r1", name="err") == "oh\n"


async def test_no_go_rolls_back(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "version=ok; touch state"), make_run("r2", "false")), BACK)
    run = await start(kernel, plan, workdir)
    state = await wait_end(kernel, run)
    assert state.verdict == "no_go"
    assert state.rollback is not None
    assert state.rollback.outcome == "passed", state.rollback.why
    assert "promised 2m" in state.rollback.why
    assert state.get_item("bc").status == "passed"
    assert read_out(kernel, run, "b2").startswith("back to")


async def test_held_then_signed(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "true"), make_item("s1", "sign", role="CTO")))
    run = await start(kernel, plan, workdir)
    assert (await wait_end(kernel, run)).status == "held"
    with pytest.raises(FourEyesNeeded):
        await commands.sign_item(kernel, ANN, run, "s1", Act())
    await commands.sign_item(kernel, BEA, run, "s1", Act(note="fine"))
    state = await wait_until(kernel, run, lambda state: state.status == "finished")
    assert (state.verdict, state.get_item("s1").by) == ("go", BEA.name)


async def test_attended_asks_and_goes_on(kernel: Kernel, workdir: Path) -> None:
    flag = make_run("r1", "test -e fixed")
    plan = make_plan(make_phase("p1", flag, make_item("h1", "human"), make_item("d1", "gate", criteria=("well",))))
    run = await start(kernel, plan, workdir, ATTENDED)
    state = await wait_asked(kernel, run, "r1")
    assert state.asked is not None
    assert state.asked.reason == "failed"
    (workdir / "fixed").touch()
    await commands.retry_item(kernel, ANN, run, "r1", Act())
    await wait_asked(kernel, run, "h1")
    await commands.tick_item(kernel, ANN, run, "h1", Act(note="seen"))
    await wait_asked(kernel, run, "d1")
    await commands.decide_gate(kernel, BEA, run, "d1", Act(decision="go"))
    state = await wait_end(kernel, run)
    assert (state.verdict, state.get_item("r1").attempt) == ("go", 2)


async def test_no_go_by_a_person_and_rollback_on_request(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "touch state"), make_item("d1", "gate")), BACK)
    run = await start(kernel, plan, workdir, ATTENDED)
    await wait_asked(kernel, run, "d1")
    await commands.decide_gate(kernel, BEA, run, "d1", Act(decision="no_go", note="too slow"))
    await wait_until(kernel, run, lambda state: state.asked is not None and state.asked.reason == "failed")
    await commands.request_rollback(kernel, ANN, run, reason="it stays slow")
    await wait_asked(kernel, run, "bc")
    assert read_out(kernel, run, "b1") == "\n"
    await commands.stop_run(kernel, ANN, run, "by hand from here")
    state = await wait_end(kernel, run)
    assert state.rollback is not None
    assert (state.verdict, state.rollback.outcome) == ("no_go", "failed")
    for told in ("decided NO-GO. too slow", "it stays slow. ", "stopped the rollback"):
        assert told in state.why
    with pytest.raises(RollbackRefused, match="already"):
        await commands.request_rollback(kernel, ANN, run)


async def test_rollback_ends_a_command_under_way(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(
        make_phase("p1", make_run("r1", "version=ok; touch state"), make_run("r2", "touch on; sleep 300")), BACK
    )
    run = await start(kernel, plan, workdir, ATTENDED)
    await wait_until(kernel, run, lambda state: state.get_item("r2").status == "running")
    await commands.request_rollback(kernel, ANN, run)
    state = await wait_end(kernel, run)
    assert state.get_item("r2").why == "A person ended it."
    assert state.rollback is not None
    assert state.rollback.outcome == "passed"


async def test_stop_ends_a_command_under_way(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "sleep 300")), BACK)
    run = await start(kernel, plan, workdir)
    await wait_until(kernel, run, lambda state: state.get_item("r1").status == "running")
    await commands.stop_run(kernel, ANN, run, "wrong day")
    state = await wait_end(kernel, run)
    assert (state.verdict, state.rollback) == ("no_go", None)


async def test_nothing_changed_refuses(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "ls"), make_item("h1", "human")), BACK)
    run = await start(kernel, plan, workdir, ATTENDED)
    await wait_asked(kernel, run, "h1")
    with pytest.raises(RollbackRefused, match="Nothing to roll back"):
        await commands.request_rollback(kernel, ANN, run)


async def test_one_run_per_target(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_item("h1", "human")))
    first = await start(kernel, plan, workdir, ATTENDED)
    with pytest.raises(TargetLocked, match=first):
        await start(kernel, plan, workdir, ATTENDED)
    await start(kernel, plan, workdir, ATTENDED, target="staging")
    await commands.tick_item(kernel, ANN, first, "h1", Act())
    await wait_end(kernel, first)
    await start(kernel, plan, workdir, ATTENDED)


async def test_lock_outlives_its_lease(kernel: Kernel, workdir: Path, clock: FakeClock) -> None:
    plan = make_plan(make_phase("p1", make_item("h1", "human")))
    run = await start(kernel, plan, workdir, ATTENDED)
    await wait_asked(kernel, run, "h1")
    for _ in range(4):
        lease = await kernel.db.read(lambda tx: find_lease(tx, "deploy:production"))
        clock.advance(25)
        for _ in range(1000):
            renewed = await kernel.db.read(lambda tx: find_lease(tx, "deploy:production"))
            if renewed != lease:
                break
    with pytest.raises(TargetLocked):
        await start(kernel, plan, workdir, ATTENDED)


async def test_lock_of_a_crashed_holder_runs_out(kernel: Kernel, workdir: Path, clock: FakeClock) -> None:
    await kernel.db.write(lambda tx: lock_target(tx, "production", "a run that is gone"))
    plan = make_plan(make_phase("p1", make_item("h1", "human")))
    with pytest.raises(TargetLocked):
        await start(kernel, plan, workdir, ATTENDED)
    clock.advance(61)
    await start(kernel, plan, workdir, ATTENDED)


HALF_WAY = [
    ("in a rollback", ["touch done", "ls nothing-there"], {"on_no_go": "rollback"}, True),
    ("after a change", ["touch done"], {}, True),
    ("before any change", ["true"], {}, False),
]


@pytest.mark.parametrize(("when", "lines", "options", "locked"), HALF_WAY, ids=[case[0] for case in HALF_WAY])
async def test_a_held_run_keeps_what_it_left_half_way(
    kernel: Kernel, workdir: Path, clock: FakeClock, when: str, lines: list[str], options: dict[str, Any], locked: bool
) -> None:
    steps = [make_run(f"r{number}", line) for number, line in enumerate(lines)]
    back = make_phase("back", make_rollback("b1", "touch undone"), make_words("b2"), role="rollback")
    plan = make_plan(make_phase("p1", *steps, make_item("h1", "human")), back)
    first = await start(kernel, plan, workdir, msgspec.structs.replace(UNATTENDED, **options))
    assert (await wait_end(kernel, first)).status == "held"
    clock.advance(3600)
    if locked:
        with pytest.raises(TargetLocked, match=f"Release {first} stopped .*gonogo stop {first}"):
            await start(kernel, plan, workdir)
        await commands.stop_run(kernel, ANN, first, "another way")
        await wait_until(kernel, first, lambda state: state.status == "finished")
    second = await start(kernel, plan, workdir)
    assert (await wait_end(kernel, second)).status == "held"


async def test_a_run_that_was_passed_by_does_not_go_on(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_item("h1", "human"), make_run("r1", "touch done"), make_item("h2", "human")))
    early = await start(kernel, plan, workdir)
    await wait_end(kernel, early)
    late = await start(
        kernel, plan, workdir, msgspec.structs.replace(UNATTENDED, accept_humans="Bea", not_accepted=("h2",))
    )
    assert (await wait_end(kernel, late)).status == "held"
    with pytest.raises(TargetLocked, match=late):
        await commands.tick_item(kernel, ANN, early, "h1", Act())


async def test_later_phase_waits_its_turn(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(
        make_phase("p1", make_item("h1", "human"), make_item("h2", "human")), make_phase("p2", make_item("h3", "human"))
    )
    run = await start(kernel, plan, workdir, ATTENDED)
    await wait_asked(kernel, run, "h1")
    await commands.tick_item(kernel, ANN, run, "h2", Act())
    with pytest.raises(WrongMove, match="later phase"):
        await commands.tick_item(kernel, ANN, run, "h3", Act())


def measure(kernel: Kernel, value: float) -> None:
    kernel.signals.declare(Signal("http.errors", "%", "Errors"))
    kernel.signals.record("http.errors", value, at=kernel.clock.now())


@pytest.mark.parametrize(("value", "status", "verdict"), [(0.5, "passed", "go"), (7.0, "failed", "no_go")])
async def test_gate(kernel: Kernel, workdir: Path, value: float, status: str, verdict: str) -> None:
    measure(kernel, value)
    run = await start(kernel, make_plan(make_phase("p1", make_gate("g1", "http.errors < 1%"))), workdir)
    state = await wait_end(kernel, run)
    assert (state.get_item("g1").status, state.verdict) == (status, verdict)
    judgement = state.get_item("g1").judgement
    assert judgement is not None
    assert judgement["parts"][0]["value"] == value


async def test_gate_between_thresholds_goes_to_a_person(kernel: Kernel, workdir: Path) -> None:
    measure(kernel, 3.0)
    trigger = make_gate("t1", "http.errors > 5%", polarity="bad")
    plan = make_plan(make_phase("p1", make_gate("g1", "http.errors < 1%")), make_phase("b", trigger, role="rollback"))
    run = await start(kernel, plan, workdir, ATTENDED)
    state = await wait_asked(kernel, run, "g1")
    assert state.get_item("g1").status == "undecided"
    await commands.decide_gate(kernel, BEA, run, "g1", Act(decision="go", note="known spike"))
    assert (await wait_end(kernel, run)).verdict == "go"


async def test_no_data_is_looked_at_again_then_asked(kernel: Kernel, workdir: Path, clock: FakeClock) -> None:
    kernel.signals.declare(Signal("http.errors", "%", "Errors"))
    run = await start(kernel, make_plan(make_phase("p1", make_gate("g1", "http.errors < 1%"))), workdir)
    assert (await pass_time(kernel, run, clock)).status == "held"
    judged = [entry for entry in await read_journal(kernel, run) if entry.name == "item_finished"]
    assert len(judged) > 3
    assert {entry.data["outcome"] for entry in judged} == {"no_data"}


async def test_events_tell_the_story(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "touch it")))
    with kernel.bus.subscribe("release") as news:
        run = await start(kernel, plan, workdir)
        await wait_end(kernel, run)
        names = [(await news.get()).name for _ in range(5)]
    assert names[0] == "release.started"
    assert [name for name in names if name != "release.output"][1:] == [
        "release.captured",
        "release.item_started",
        "release.item_finished",
        "release.finished",
    ]


async def test_secrets_stay_out_of_the_journal(kernel: Kernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "curl http://u:hush-hush@127.0.0.1:9/ $API_KEY")), BACK)
    run = await start(kernel, plan, workdir, variables={"API_KEY": "open-sesame", "version": "open-sesame"})
    await wait_end(kernel, run)
    text = msgspec.json.encode(await read_journal(kernel, run)).decode()
    assert "open-sesame" not in text
    assert "hush-hush" not in text


def accept_all() -> Plan:
    return make_plan(
        make_phase("p1", make_item("h1", "human"), make_item("s1", "sign", role="CTO"), make_item("d1", "gate"))
    )


async def test_ticks_accepted_in_advance_are_of_who_started_for_the_name(kernel: Kernel, workdir: Path) -> None:
    options = msgspec.structs.replace(UNATTENDED, accept_humans="carl")
    run = await start(kernel, accept_all(), workdir, options)
    state = await wait_end(kernel, run)
    assert state.status == "held"
    [ticked] = [entry for entry in await read_journal(kernel, run) if entry.item == "h1"]
    assert (ticked.name, ticked.actor, ticked.actor_name) == ("item_ticked", ANN.id, ANN.name)
    told = {"name": f"{ANN.name} for carl", "for": "carl", "note": "Accepted in advance.", "changes": True}
    assert ticked.data == told
    assert state.get_item("h1").by == f"{ANN.name} for carl"
    assert (state.get_item("s1").status, state.get_item("d1").status) == ("open", "open")


async def test_signatures_accepted_in_advance_say_that_nobody_else_looked(kernel: Kernel, workdir: Path) -> None:
    options = msgspec.structs.replace(UNATTENDED, accept_humans=ANN.name, accepted=("s1", "d1"), alone="one account")
    run = await start(kernel, accept_all(), workdir, options)
    state = await wait_end(kernel, run)
    assert state.verdict == "go"
    assert [state.get_item(item).by for item in ("h1", "s1", "d1")] == [ANN.name] * 3
    assert [state.get_item(item).alone for item in ("h1", "s1", "d1")] == ["", "one account", "one account"]


async def test_variables_of_a_run_that_is_over_lie_nowhere_in_clear(kernel: Kernel, workdir: Path) -> None:
    planting = make_run("r1", "version=planted-word; touch state")
    run = await start(kernel, make_plan(make_phase("p1", planting), BACK), workdir)
    await wait_end(kernel, run)
    folder = find_folder(kernel.config, run)
    await wait_gone(folder / "session.state")
    assert (folder / "sealed-session").exists()
    assert not list(folder.glob("session*"))
    await commands.request_rollback(kernel, ANN, run)
    await wait_asked(kernel, run, "bc")
    assert read_out(kernel, run, "b1") == "planted-word\n"
    await commands.stop_run(kernel, ANN, run)
    await wait_gone(folder / "session.state")
    assert not (folder / "sealed-session").exists()


async def wait_gone(path: Path) -> None:
    async with asyncio.timeout(30):
        while path.exists():  # noqa: ASYNC110, ASYNC240 — a file tells nobody when it goes
            await asyncio.sleep(0.01)
