"""Actions inside a run: live lines, verdicts, values for later items, resumption, and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from gonogo.kernel.actions import Action, ActionCall, ActionResult
from gonogo.kernel.config import Config
from gonogo.kernel.errors import BadInput
from gonogo.kernel.kernel import Kernel
from gonogo.releases import commands
from gonogo.releases.actions.load.loads import Loads
from gonogo.releases.deciding.state import Options
from gonogo.releases.plan import Plan
from gonogo.releases.reading import read_checklist
from gonogo.releases.room import ROOM
from tests.fake_clock import FakeClock
from tests.releases.actions.api import serve_api
from tests.releases.conftest import ANN
from tests.releases.drive import UNATTENDED, load, read_journal, read_out, start, wait_end, wait_until

BACK = "\n## Rollback (< 2 minutes)\n<!-- gonogo: test.undo id=$GONOGO_TEST_MOVE_ID -->\n"


class Moves:
    """Actions that note what they were asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.calls: list[ActionCall] = []
        self.result = ActionResult(True, "It went well.", {"id": "b-7", "rows": 3, "list": [1]})
        self.gate = asyncio.Event()
        self.gate.set()

    def bind(self) -> dict[str, Action]:
        return {"test.move": self.move, "test.look": self.look, "test.undo": self.undo, "test.break": self.fail}

    async def move(self, call: ActionCall) -> ActionResult:
        self._note("move", call)
        call.say("half way")
        await self.gate.wait()
        return self.result

    async def look(self, call: ActionCall) -> ActionResult:
        self._note("look", call)
        return ActionResult(True, "Seen.")

    async def undo(self, call: ActionCall) -> ActionResult:
        self._note("undo", call)
        return ActionResult(True, "Undone.")

    async def fail(self, call: ActionCall) -> ActionResult:
        if "problem" in call.options:
            raise BadInput("That can't be.", field="problem")
        raise ZeroDivisionError("a defect")

    def _note(self, name: str, call: ActionCall) -> None:
        self.asked.append((name, dict(call.options)))
        self.calls.append(call)


@pytest.fixture
def moves() -> Moves:
    return Moves()


@asynccontextmanager
async def open_with(moves: Moves, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Kernel]:
    room = replace(ROOM, actions={**(ROOM.actions or {}), **moves.bind()})
    config = Config(home=str(tmp_path / "home"), admin_password="long enough it is", database_synchronous="NORMAL")
    async with Kernel(config, (room,), clock) as kernel:
        yield kernel


@pytest.fixture
async def kernel(moves: Moves, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Kernel]:
    async with open_with(moves, tmp_path, clock) as kernel:
        yield kernel


def read(text: str) -> Plan:
    return read_checklist(text.encode(), "RELEASE.md", None)


async def test_lines_values_and_verdict_are_on_record(kernel: Kernel, workdir: Path, moves: Moves) -> None:
    command = 'test "$GONOGO_TEST_MOVE_ID $GONOGO_TEST_MOVE_ROWS" = "b-7 3"'
    text = f"## Deploy\n<!-- gonogo: test.move -->\n```sh\n{command}\n```\n"
    run = await start(kernel, read(text), workdir)
    state = await wait_end(kernel, run)
    assert state.verdict == "go", state.why
    assert read_out(kernel, run, "p1.1") == "half way\nIt went well.\n"
    [entry] = [each for each in await read_journal(kernel, run) if each.name == "item_finished" and each.item == "p1.1"]
    assert entry.data["values"]["id"] == "b-7"
    assert entry.data["evidence"]["stdout"]["size"] == len("half way\nIt went well.\n")
    assert (moves.calls[0].folder, moves.calls[0].run) == (workdir, run)


async def test_options_are_filled_from_variables(kernel: Kernel, workdir: Path, moves: Moves) -> None:
    text = "## Deploy\n<!-- gonogo: test.look to=${TO:-v2} from=$FROM -->\n"
    run = await start(kernel, read(text), workdir, variables={"FROM": "v1"})
    assert (await wait_end(kernel, run)).verdict == "go"
    assert moves.asked == [("look", {"to": "v2", "from": "v1"})]


@pytest.mark.parametrize(
    ("annotation", "why"),
    [
        ("test.break", "It broke: ZeroDivisionError: a defect"),
        ("test.break problem=yes", "That can't be."),
        ("test.look to=$UNSET", "'UNSET' is not set"),
    ],
)
async def test_whatever_goes_wrong_is_a_failed_item_with_its_reason(
    kernel: Kernel, workdir: Path, annotation: str, why: str
) -> None:
    run = await start(kernel, read(f"## Deploy\n<!-- gonogo: {annotation} -->\n"), workdir)
    state = await wait_end(kernel, run)
    assert state.verdict == "no_go"
    assert state.failure is not None
    assert why in state.failure.why


async def test_a_failed_action_is_tried_again_as_often_as_asked(kernel: Kernel, workdir: Path, moves: Moves) -> None:
    moves.result = ActionResult(False, "Not yet.")
    run = await start(kernel, read("## Deploy\n<!-- gonogo: test.move retries=2 -->\n"), workdir)
    assert (await wait_end(kernel, run)).verdict == "no_go"
    assert len(moves.asked) == 3


async def test_the_way_back_is_given_what_was_captured(kernel: Kernel, workdir: Path, moves: Moves) -> None:
    text = f"## Deploy\n<!-- gonogo: test.move -->\n```sh\nfalse\n```\n{BACK}"
    run = await start(kernel, read(text), workdir)
    state = await wait_end(kernel, run)
    assert moves.asked[-1] == ("undo", {"id": "b-7"})
    assert state.rollback is not None
    assert (state.rollback.outcome, state.rollback.promise_s) == ("passed", 120)


async def test_what_only_looks_leaves_nothing_to_roll_back(kernel: Kernel, workdir: Path, moves: Moves) -> None:
    text = f"## Check\n<!-- gonogo: backup files=none -->\n{BACK}"
    run = await start(kernel, read(text), workdir)
    state = await wait_end(kernel, run)
    assert (state.verdict, state.rollback) == ("no_go", None)
    assert "Nothing to roll back" in state.why


async def test_a_person_ends_an_action_under_way(kernel: Kernel, workdir: Path, moves: Moves) -> None:
    moves.gate.clear()
    run = await start(kernel, read("## Deploy\n<!-- gonogo: test.move -->\n"), workdir)
    await wait_until(kernel, run, lambda state: state.get_item("p1.1").status == "running")
    await commands.stop_run(kernel, ANN, run, "enough")
    state = await wait_end(kernel, run)
    assert (state.verdict, state.get_item("p1.1").why) == ("no_go", "A person ended it.")


@pytest.mark.parametrize(("annotation", "again"), [("test.move", False), ("backup files=a", True)])
async def test_after_a_crash_only_what_does_no_harm_is_done_again(
    tmp_path: Path, workdir: Path, clock: FakeClock, moves: Moves, annotation: str, again: bool
) -> None:
    (workdir / "a").write_text("x")
    options = Options(attended=False, on_no_go="stop", started_by=ANN.id, started_by_name=ANN.name)
    moves.gate.clear()
    blocked = replace(ROOM, actions={**moves.bind(), "backup": moves.move})
    config = Config(home=str(tmp_path / "home"), admin_password="long enough it is", database_synchronous="NORMAL")
    async with Kernel(config, (blocked,), clock) as first:
        run = await start(first, read(f"## Deploy\n<!-- gonogo: {annotation} -->\n"), workdir, options)
        await wait_until(first, run, lambda state: state.get_item("p1.1").status == "running")
    async with open_with(moves, tmp_path, clock) as second:
        state = await wait_end(second, run)
        assert (state.status, state.verdict) == (("finished", "go") if again else ("held", None))
        assert (await load(second, run)).state.get_item("p1.1").attempt == (2 if again else 1)


async def test_a_soak_takes_its_length_from_a_variable(kernel: Kernel, workdir: Path, clock: FakeClock) -> None:
    run = await start(kernel, read("## Watch\n<!-- gonogo: soak ${SOAK:-30m} -->\n"), workdir, variables={"SOAK": "7s"})
    await wait_until(kernel, run, lambda state: state.get_item("p1.1").status == "waiting")
    clock.advance(8)
    state = await wait_end(kernel, run)
    assert state.get_item("p1.1").why.startswith("7s passed.")


async def test_a_soak_of_nonsense_fails(kernel: Kernel, workdir: Path) -> None:
    run = await start(
        kernel, read("## Watch\n<!-- gonogo: wait ${SOAK:-30m} -->\n"), workdir, UNATTENDED, {"SOAK": "x"}
    )
    state = await wait_end(kernel, run)
    assert (state.verdict, state.get_item("p1.1").status) == ("no_go", "failed")


async def test_a_release_that_is_over_ends_its_load(kernel: Kernel, workdir: Path) -> None:
    with serve_api() as api:
        api.answers["/"] = (200, {})
        begin = f"load url={api.url}/ name=move duration=10m background=yes"
        run = await start(kernel, read(f"## Deploy\n<!-- gonogo: {begin} -->\n"), workdir)
        assert (await wait_end(kernel, run)).verdict == "go"
        [load] = kernel.get_part(Loads).list_of(run)
        await load.end()
    assert load.figures is not None
    assert load.figures.failed == 0
