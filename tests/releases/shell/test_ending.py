"""After a stop or a time limit nothing of a command runs, wherever its processes have hidden."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import psutil
import pytest

from gonogo.releases.shell.orphan import end_orphan, inspect_orphan
from gonogo.releases.shell.process import Identity, read_identity
from gonogo.releases.shell.processes import find_work
from gonogo.releases.shell.session import Ended, Session, Step
from tests.releases.shell.conftest import Run
from tests.releases.shell.test_orphan import SERVER

HIDING = {
    "child": "sleep 300 & echo $! > hidden; sleep 300",
    "new session": "setsid bash -c 'echo $$ > hidden; exec sleep 300' & sleep 301",
    "daemon": "(setsid bash -c 'echo $$ > hidden; exec sleep 300' &) ; sleep 300",
    "daemon without environment": "(env -i setsid bash -c 'echo $$ > hidden; exec sleep 300' &) ; sleep 300",
    "deaf": "bash -c 'trap \"\" TERM HUP INT; echo $$ > hidden; while :; do sleep 1; done'",
    "deaf daemon": "(setsid bash -c 'trap \"\" TERM; echo $$ > hidden; while :; do sleep 1; done' &); sleep 300",
    "respawning": "spawn() { (sleep 0.05; spawn) & echo $! > hidden; wait; }; spawn",
}


def is_alive(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


def read_hidden(workdir: Path) -> int:
    text = (workdir / "hidden").read_text() if (workdir / "hidden").exists() else ""
    return int(text) if text.endswith("\n") and text.strip().isdigit() else 0


def start_server(code: str, tmp_path: Path, workdir: Path, command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code, tmp_path, workdir, command], cwd=Path(__file__).parents[3])


def start_foreign() -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "60"], start_new_session=True)


async def stop_once_hidden(session: Session, workdir: Path, command: str) -> tuple[Ended, int]:
    stop = asyncio.Event()
    step = Step(item="hides", attempt=1, command=command, grace_s=0.5, timeout_s=60)
    task = asyncio.create_task(session.run(step, stop=stop))
    while not read_hidden(workdir):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)
    stop.set()
    ended = await asyncio.wait_for(task, 30)
    return ended, read_hidden(workdir)


@pytest.mark.parametrize("how", HIDING)
async def test_stop_ends_all_of_it(session: Session, workdir: Path, how: str) -> None:
    ended, pid = await stop_once_hidden(session, workdir, HIDING[how])
    assert ended.ending == "interrupted"
    assert not is_alive(pid)


async def test_stop_leaves_what_earlier_commands_started(run: Run, session: Session, workdir: Path) -> None:
    server = int((await run("sleep 300 & echo $!")).out)
    _, pid = await stop_once_hidden(session, workdir, HIDING["daemon"])
    assert (is_alive(server), is_alive(pid)) == (True, False)
    os.kill(server, signal.SIGKILL)


async def test_time_limit_ends_daemons_too(run: Run, workdir: Path) -> None:
    late = await run(HIDING["daemon"], timeout_s=1.0, grace_s=0.5)
    assert late.ended.ending == "timed_out"
    assert not is_alive(read_hidden(workdir))


async def test_orphan_of_a_killed_server_is_ended(session: Session, tmp_path: Path, workdir: Path) -> None:
    command = "(setsid bash -c 'echo $$ > hidden; exec sleep 300' &); echo begun; sleep 300"
    server = start_server(SERVER, tmp_path, workdir, command)
    files = session.files("slow", 1)
    while not read_hidden(workdir):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    server.kill()
    server.wait()
    process = files.read_process()
    assert process is not None
    assert inspect_orphan(files).state == "running"
    assert (await end_orphan(files, 0.5)).state == "lost"
    assert not is_alive(process.pid)
    assert not is_alive(read_hidden(workdir))
    assert files.path("out").read_text() == "begun\n"


async def test_foreign_process_of_the_same_id_is_left_alone(session: Session) -> None:
    foreign = start_foreign()
    files = session.files("slow", 1)
    identity = read_identity(foreign.pid)
    assert identity is not None
    files.path("process").write_bytes(msgspec.json.encode(Identity(identity.pid, identity.started - 90)))
    assert (await end_orphan(files, 0.1)).state == "lost"
    assert foreign.poll() is None
    foreign.kill()
    foreign.wait()


@pytest.mark.parametrize("root", [None, 0, 1])
def test_without_a_known_process_nobody_is_meant(root: int | None) -> None:
    assert find_work(root, "/no/such/run/item.1") == set()


async def test_time_limit_holds_after_the_server_was_killed(session: Session, tmp_path: Path, workdir: Path) -> None:
    limited = SERVER.replace("command=sys.argv[3])", "command=sys.argv[3], timeout_s=3.0, grace_s=0.2)")
    assert limited != SERVER
    server = start_server(limited, tmp_path, workdir, "echo $$ > hidden; sleep 300")
    while not read_hidden(workdir):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    server.kill()
    server.wait()
    async with asyncio.timeout(30):
        while is_alive(read_hidden(workdir)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    files = session.files("slow", 1)
    async with asyncio.timeout(30):
        while files.is_under_way():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert (inspect_orphan(files).state, files.read_ending()) == ("lost", "timed_out")
