"""Fences as a document has them, read and run: what one begins ends with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gonogo.kernel.kernel import Kernel
from gonogo.releases.deciding.state import RunState
from gonogo.releases.plan import Plan
from gonogo.releases.reading import read_checklist
from tests.releases.drive import UNATTENDED, start, wait_end

HEAD = "# Release\n\n## Deploy\n\n"


def read(*fences: str) -> Plan:
    body = "\n".join(f"```bash\n{fence}\n```\n" for fence in fences)
    return read_checklist(f"{HEAD}{body}".encode(), "RELEASE.md")


async def run(kernel: Kernel, workdir: Path, plan: Plan) -> tuple[RunState, dict[str, str]]:
    state = await wait_end(kernel, await start(kernel, plan, workdir, UNATTENDED))
    statuses = {
        item.command: state.get_item(item.id).status
        for phase in plan.phases
        for item in phase.items
        if item.command is not None
    }
    return state, statuses


def test_every_command_knows_its_fence() -> None:
    plan = read("echo one\necho two", "echo three")
    fences = [item.fence for phase in plan.phases for item in phase.items]
    assert fences == ["line 5", "line 5", "line 10"]


async def test_exit_ends_its_fence_and_nothing_more(kernel: Kernel, workdir: Path) -> None:
    plan = read("echo first\nexit 0\ntouch reached\n# Should be empty", "touch later")
    state, statuses = await run(kernel, workdir, plan)
    assert (state.verdict, statuses["touch reached"], statuses["touch later"]) == ("go", "skipped", "passed")
    assert (not (workdir / "reached").exists(), (workdir / "later").exists()) == (True, True)
    assert "1 by evidence" not in state.why
    assert "left its fence by `exit`" in state.why


async def test_exit_with_a_failure_fails(kernel: Kernel, workdir: Path) -> None:
    state, statuses = await run(kernel, workdir, read("exit 3\ntouch reached"))
    assert (state.verdict, statuses["exit 3"]) == ("no_go", "failed")
    assert not (workdir / "reached").exists()


async def test_options_of_one_fence_do_not_leak_into_the_next(kernel: Kernel, workdir: Path) -> None:
    state, _ = await run(kernel, workdir, read("set -e\necho strict", "false; echo lenient > seen"))
    assert (state.verdict, (workdir / "seen").exists()) == ("go", True)


@pytest.mark.parametrize(
    ("fence", "status"),
    [
        ('PID=$(pgrep -f no-such-process-anywhere)\nif [ -z "$PID" ]; then echo none; fi', "passed"),
        ("PID=$(pgrep -f no-such-process-anywhere)\necho going on", "failed"),
    ],
)
async def test_a_status_that_its_fence_handles_is_data(kernel: Kernel, workdir: Path, fence: str, status: str) -> None:
    _, statuses = await run(kernel, workdir, read(fence))
    assert statuses["PID=$(pgrep -f no-such-process-anywhere)"] == status
