"""The server dies at every point of a run, and the run goes on as if it had not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.releases import commands
from gonogo.releases.deciding.state import RunState
from gonogo.releases.errors import TargetLocked, WrongMove
from gonogo.releases.record.signing import Signer
from gonogo.releases.record.verify import check_record, make_trust
from gonogo.releases.running import locks
from gonogo.releases.running.intake import read_hosts
from gonogo.releases.running.orphans import describe_found
from gonogo.releases.schemas import Act
from gonogo.releases.shell.session import Session
from tests.fake_clock import FakeClock
from tests.releases.conftest import ANN, OpenKernel
from tests.releases.drive import (
    ATTENDED,
    UNATTENDED,
    find_folder,
    load,
    read_journal,
    read_out,
    start,
    wait_asked,
    wait_end,
    wait_until,
)
from tests.releases.plans import make_check, make_item, make_phase, make_plan, make_rollback, make_run

GO = make_plan(
    make_phase("p1", make_run("r1", "word=kept; echo one >> log; echo ok"), make_check("c1", "r1")),
    make_phase("p2", make_run("r2", 'echo "two $word" >> log')),
)
NO_GO = make_plan(
    make_phase("p1", make_run("r1", "echo one >> log"), make_run("r2", "false")),
    make_phase(
        "back", make_rollback("b1", "echo back >> log"), make_rollback("b2", "echo again >> log"), role="rollback"
    ),
)
MOST_ENTRIES = 40


class Crash:
    """Kills a runner at its n-th write to the journal, just before or just after the commit."""

    def __init__(self, position: int, when: str) -> None:
        self.position, self.when = position, when
        self.happened = asyncio.Event()

    def arm(self, monkeypatch: pytest.MonkeyPatch, kernel: Kernel) -> None:
        """From now on, count what is written for the runner: the test itself writes nothing until it died."""
        write = kernel.db.write

        async def write_and_die(change: Callable[[Tx], Any]) -> Any:
            if "Runner." not in getattr(change, "__qualname__", ""):
                return await write(change)
            self.position -= 1
            if self.position == 0 and self.when == "before":
                self._die()
            written = await write(change)
            if self.position == 0:
                self._die()
            return written

        monkeypatch.setattr(kernel.db, "write", write_and_die)

    def _die(self) -> None:
        self.happened.set()
        raise asyncio.CancelledError


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("plan", "lines", "verdict"), [(GO, ["one", "two kept"], "go"), (NO_GO, ["one", "back", "again"], "no_go")]
)
async def test_crash_at_every_entry(
    open_kernel: OpenKernel, tmp_path: Path, when: str, plan: Any, lines: list[str], verdict: str
) -> None:
    for position in range(1, MOST_ENTRIES):
        workdir = tmp_path / f"work-{position}"
        workdir.mkdir()
        crash = Crash(position, when)
        with pytest.MonkeyPatch.context() as monkeypatch:
            async with open_kernel() as kernel:
                crash.arm(monkeypatch, kernel)
                run = await start(kernel, plan, workdir, target=str(workdir))
                died = await _wait_crash(kernel, run, crash)
        async with open_kernel() as kernel:
            state = await _answer_until_end(kernel, run)
            assert (state.verdict, (workdir / "log").read_text().splitlines()) == (verdict, lines), position
            proof = await check_record(kernel, run, make_trust(kernel.get_part(Signer)))
            assert (proof.ok, proof.signature_ok, proof.signed_seq) == (True, True, proof.entries), proof.why
        if not died:
            return
    raise AssertionError("the run never came to its end")


async def _wait_crash(kernel: Kernel, run: str, crash: Crash) -> bool:
    ending = asyncio.create_task(wait_end(kernel, run))
    dying = asyncio.create_task(crash.happened.wait())
    await asyncio.wait({ending, dying}, return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    dying.cancel()
    return crash.happened.is_set()


async def _answer_until_end(kernel: Kernel, run: str) -> RunState:
    """Settle what the crash left unknown: take its word if it left one, else have it run again."""
    while True:
        state = await wait_end(kernel, run)
        if state.status == "finished":
            return state
        unknown = [key for key, seen in state.items.items() if seen.status == "unknown"]
        assert unknown, state
        item = unknown[0]
        if state.get_item(item).orphan == "ended":
            await commands.resolve_unknown(kernel, ANN, run, item, Act())
        else:
            await commands.retry_item(kernel, ANN, run, item, Act())


SLOW = "touch began; until [ -e go ]; do sleep 0.02; done; echo once >> log; exit 0"


async def leave_running(open_kernel: OpenKernel, workdir: Path, plan: Any, options: Any = UNATTENDED) -> str:
    """Start a plan whose first command is under way when its server goes; gives the run."""
    async with open_kernel() as kernel:
        run = await start(kernel, plan, workdir, options)
        while not (workdir / "began").exists():  # noqa: ASYNC110
            await asyncio.sleep(0)
    return run


@pytest.mark.parametrize("options", [UNATTENDED, ATTENDED])
async def test_running_command_is_waited_for_and_its_word_taken(
    open_kernel: OpenKernel, workdir: Path, options: Any
) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", SLOW), make_run("r2", "cat log")))
    run = await leave_running(open_kernel, workdir, plan, options)
    async with open_kernel() as kernel:
        await wait_until(kernel, run, lambda state: state.get_item("r1").orphan == "running")
        for act in (commands.resolve_unknown, commands.skip_item, commands.take_over):
            with pytest.raises(WrongMove, match="still run"):
                await act(kernel, ANN, run, "r1", Act(note="by hand"))
        with pytest.raises(TargetLocked, match=run):
            await start(kernel, plan, workdir)
        (workdir / "go").touch()
        state = await wait_end(kernel, run)
        assert state.verdict == "go"
        assert (state.get_item("r1").duration_s or 0) > 0
        assert read_out(kernel, run, "r2") == "once\n"


@pytest.mark.parametrize("how", ["stop", "rollback", "retry"])
async def test_what_still_runs_is_ended_before_anything_else(open_kernel: OpenKernel, workdir: Path, how: str) -> None:
    back = make_phase("back", make_rollback("b1", "touch undone"), role="rollback")
    plan = make_plan(make_phase("p1", make_run("r1", f"echo $$ >> pids; {SLOW}")), back)
    run = await leave_running(open_kernel, workdir, plan, ATTENDED)
    first = int((workdir / "pids").read_text())
    async with open_kernel() as kernel:
        await wait_until(kernel, run, lambda state: state.get_item("r1").orphan == "running")
        if how == "retry":
            (workdir / "began").unlink()
            await commands.retry_item(kernel, ANN, run, "r1", Act())
            await wait_until(kernel, run, lambda state: state.get_item("r1").attempt == 2)
            (workdir / "go").touch()
        elif how == "stop":
            await commands.stop_run(kernel, ANN, run, "enough")
        else:
            await commands.request_rollback(kernel, ANN, run)
        state = await wait_end(kernel, run)
        assert not psutil.pid_exists(first) or psutil.Process(first).status() == psutil.STATUS_ZOMBIE
        assert state.verdict == ("go" if how == "retry" else "no_go")
        assert (workdir / "log").exists() == (how == "retry")
        assert (workdir / "undone").exists() == (how == "rollback")


async def test_target_stays_locked_while_a_command_runs_on(
    open_kernel: OpenKernel, workdir: Path, clock: FakeClock
) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", SLOW)))
    run = await leave_running(open_kernel, workdir, plan)
    clock.advance(600)
    async with open_kernel() as kernel:
        monkeypatch = pytest.MonkeyPatch()
        monkeypatch.setattr(locks, "acquire_lease", lambda *_: None)
        with monkeypatch.context(), pytest.raises(TargetLocked, match="left a command running"):
            await start(kernel, plan, workdir)
        monkeypatch.undo()
        (workdir / "go").touch()
        assert (await wait_end(kernel, run)).verdict == "go"


async def test_a_waited_for_command_keeps_its_time_limit(
    open_kernel: OpenKernel, workdir: Path, clock: FakeClock
) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", f"echo $$ >> pids; echo so far; {SLOW}", timeout_s=90.0)))
    run = await leave_running(open_kernel, workdir, plan)
    first = int((workdir / "pids").read_text())
    clock.advance(89)
    async with open_kernel() as kernel:
        await wait_until(kernel, run, lambda state: state.get_item("r1").orphan == "running")
        clock.advance(1)
        state = await wait_end(kernel, run)
        seen = state.get_item("r1")
        assert (state.verdict, seen.status, seen.timed_out) == ("no_go", "failed", True)
        assert "did not end within its time, 90 s" in seen.why
        assert not psutil.pid_exists(first) or psutil.Process(first).status() == psutil.STATUS_ZOMBIE
        assert read_out(kernel, run, "r1") == "so far\n"


async def test_a_command_that_its_launcher_ended_in_time_is_not_unknown(open_kernel: OpenKernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", SLOW, timeout_s=0.5)))
    run = await leave_running(open_kernel, workdir, plan)
    async with open_kernel() as kernel:
        seen = (await wait_end(kernel, run)).get_item("r1")
        assert (seen.status, seen.timed_out, seen.orphan) == ("failed", True, None)


async def test_known_end_in_the_middle_of_a_rollback_goes_on(open_kernel: OpenKernel, workdir: Path) -> None:
    back = make_phase("back", make_rollback("b1", SLOW), make_rollback("b2", "echo last >> log"), role="rollback")
    plan = make_plan(make_phase("p1", make_run("r1", "touch state"), make_run("r2", "false")), back)
    run = await leave_running(open_kernel, workdir, plan)
    (workdir / "go").touch()
    async with open_kernel() as kernel:
        state = await wait_end(kernel, run)
        assert state.rollback is not None
        assert (state.status, state.rollback.outcome) == ("finished", "passed")
    assert (workdir / "log").read_text() == "once\nlast\n"


async def test_action_that_was_cut_off_is_unknown(open_kernel: OpenKernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_item("a1", "run", action="restore", runs="auto")))
    async with open_kernel() as kernel:
        run = await start(kernel, plan, workdir)
        await wait_end(kernel, run)
        session = Session(find_folder(kernel.config, run), read_hosts(kernel), run=run)
        found = describe_found(session, await load(kernel, run), plan.phases[0].items[0], 1)
    assert (found.name, found.item, found.data["orphan"]) == ("item_lost", "a1", "lost")
    assert "how far it came is not known" in found.data["why"]


@pytest.mark.parametrize(("left", "lines"), [("its exit code", "once\n"), ("nothing", "once\nonce\n")])
async def test_idempotent_runs_again_unless_its_end_is_known(
    open_kernel: OpenKernel, workdir: Path, left: str, lines: str
) -> None:
    plan = make_plan(make_phase("p1", make_run("r1", "echo once >> log", idempotent=True)))
    crash = Crash(3, "before")
    with pytest.MonkeyPatch.context() as monkeypatch:
        async with open_kernel() as kernel:
            crash.arm(monkeypatch, kernel)
            run = await start(kernel, plan, workdir)
            assert await _wait_crash(kernel, run, crash)
            if left == "nothing":
                for name in ("exit", "code"):
                    (find_folder(kernel.config, run) / f"r1.1.{name}").write_text("")
    async with open_kernel() as kernel:
        assert (await wait_end(kernel, run)).verdict == "go"
    assert (workdir / "log").read_text() == lines


async def test_soak_clock_goes_on_while_the_server_is_down(
    open_kernel: OpenKernel, workdir: Path, clock: FakeClock
) -> None:
    plan = make_plan(make_phase("p1", make_item("w1", "wait", duration_s=3600.0)))
    async with open_kernel() as kernel:
        run = await start(kernel, plan, workdir)
        await wait_until(kernel, run, lambda state: state.get_item("w1").status == "waiting")
    clock.advance(3600)
    async with open_kernel() as kernel:
        state = await wait_end(kernel, run)
        assert state.get_item("w1").started_at == "2026-03-02T12:00:00.000Z"
        assert (state.verdict, state.get_item("w1").status) == ("go", "passed")


async def test_question_is_asked_once(open_kernel: OpenKernel, workdir: Path) -> None:
    plan = make_plan(make_phase("p1", make_item("h1", "human")))
    async with open_kernel() as kernel:
        run = await start(kernel, plan, workdir, ATTENDED)
        await wait_asked(kernel, run, "h1")
    async with open_kernel() as kernel:
        await wait_asked(kernel, run, "h1")
        await commands.tick_item(kernel, ANN, run, "h1", Act())
        await wait_end(kernel, run)
        names = [entry.name for entry in await read_journal(kernel, run)]
    assert names == ["started", "person_asked", "resumed", "item_ticked", "finished"]


async def test_policy_survives(open_kernel: OpenKernel, workdir: Path) -> None:
    async with open_kernel() as kernel:
        run = await start(kernel, NO_GO, workdir, UNATTENDED)
        first = await wait_end(kernel, run)
    async with open_kernel() as kernel:
        assert (await load(kernel, run)).state == first
