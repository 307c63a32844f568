"""A server killed in mid-command: the child goes on, and what it did is found later."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from gonogo.releases.shell.files import AttemptFiles
from gonogo.releases.shell.orphan import inspect_orphan
from gonogo.releases.shell.process import Identity, read_identity
from gonogo.releases.shell.session import Session, Step
from tests.releases.shell.conftest import open_session

SERVER = """
import asyncio, sys
from pathlib import Path
from gonogo.releases.shell.session import Step
from tests.releases.shell.conftest import open_session
session = open_session(Path(sys.argv[1]), Path(sys.argv[2]))
asyncio.run(session.run(Step(item="slow", attempt=1, command=sys.argv[3])))
"""
SLOW = "echo began; touch began; until [ -e go ]; do sleep 0.02; done; echo ended; kept=orphan; exit 6"


@pytest.fixture
def killed(session: Session, tmp_path: Path, workdir: Path) -> AttemptFiles:
    """A command whose server was killed while it waits for a file named ``go``."""
    repository = Path(__file__).parents[3]
    server = subprocess.Popen([sys.executable, "-c", SERVER, tmp_path, workdir, SLOW], cwd=repository)
    files = session.files("slow", 1)
    _wait_for(lambda: (workdir / "began").exists() and files.path("process").exists())
    server.send_signal(signal.SIGKILL)
    server.wait()
    return files


async def test_runs_on_and_is_found(killed: AttemptFiles, tmp_path: Path, workdir: Path) -> None:
    seen = inspect_orphan(killed)
    assert seen.state == "running"
    assert seen.pid is not None
    (workdir / "go").touch()
    _wait_for(lambda: inspect_orphan(killed).state == "ended")
    assert inspect_orphan(killed).exit_code == 6
    session = open_session(tmp_path, workdir)
    session.recover("slow", 1)
    assert killed.path("out").read_text() == "began\nended\n"
    await session.run(Step(item="next", attempt=1, command="echo $kept"))
    assert session.files("next", 1).path("out").read_text() == "orphan\n"


async def test_outlives_a_cancelled_server(session: Session, workdir: Path) -> None:
    command = "touch began; until [ -e go ]; do sleep 0.02; done; exit 4"
    task = asyncio.create_task(session.run(Step(item="slow", attempt=1, command=command)))
    while not (workdir / "began").exists():  # noqa: ASYNC110
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    files = session.files("slow", 1)
    # The command may have begun before its launcher has written down which process it is.
    _wait_for(lambda: inspect_orphan(files).state == "running")
    (workdir / "go").touch()
    _wait_for(lambda: inspect_orphan(files).exit_code == 4)


def test_killed_too_leaves_no_word(killed: AttemptFiles) -> None:
    process = killed.read_process()
    assert process is not None
    os.killpg(process.pid, signal.SIGKILL)
    _wait_for(lambda: inspect_orphan(killed).state == "lost")


def test_reused_pid_is_not_mistaken(session: Session) -> None:
    files = session.files("slow", 1)
    me = read_identity(os.getpid())
    assert me is not None
    files.path("process").write_bytes(msgspec.json.encode(Identity(me.pid, me.started - 60)))
    assert inspect_orphan(files).state == "lost"
    files.path("process").write_bytes(msgspec.json.encode(me))
    assert inspect_orphan(files).state == "running"


def test_never_started(session: Session) -> None:
    assert inspect_orphan(session.files("slow", 1)).state == "not_started"


def _wait_for(condition: object) -> None:
    waiting = subprocess.Popen(["sleep", "60"])
    try:
        while not condition():  # type: ignore[operator]
            assert waiting.poll() is None, "waited a minute in vain"
    finally:
        waiting.kill()
        waiting.wait()
