"""The end of a command whose time is up."""

from __future__ import annotations

from pathlib import Path

import psutil

from tests.releases.shell.conftest import Run


async def test_ends_whole_group(run: Run, workdir: Path) -> None:
    late = await run("sleep 300 & echo $! > child; sleep 300", timeout_s=0.3, grace_s=5)
    assert late.ended.ending == "timed_out"
    assert not _is_alive(int((workdir / "child").read_text()))


async def test_ends_stuck_child(run: Run, workdir: Path) -> None:
    stuck = "bash -c 'trap \"\" TERM; echo $$ > child; while :; do sleep 1; done'"
    late = await run(stuck, timeout_s=0.3, grace_s=0.3)
    assert late.ended.ending == "timed_out"
    assert not _is_alive(int((workdir / "child").read_text()))


async def test_keeps_earlier_state_and_output(run: Run) -> None:
    await run("kept=earlier")
    late = await run("kept=lost; echo so far; sleep 300", timeout_s=0.5)
    assert late.out == "so far\n"
    assert (await run("echo $kept")).out == "earlier\n"


def _is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
