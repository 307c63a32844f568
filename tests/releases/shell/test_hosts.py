"""Commands on other hosts: the run's variables reach them, nothing stays there, and a stop ends them there too."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gonogo.kernel.config import ConfigError
from gonogo.releases.shell.hosts import Hosts, read_host_tables
from gonogo.releases.shell.session import Session, Step
from tests.needs import needs
from tests.programs import ensure_program
from tests.releases.shell.conftest import Ran, Run
from tests.releases.shell.test_ending import is_alive


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "needs 'command'"),
        ({"comand": ["ssh", "web1"]}, "no 'comand'"),
        ({"command": ["ssh", "web1"], "user": "deploy"}, "no 'user'"),
        ({"command": []}, "list of words"),
        ({"command": "ssh web1"}, "list of words"),
        ({"command": ["ssh", ""]}, "list of words"),
        ("ssh web1", "must be a table"),
    ],
)
def test_mistake_in_a_host_is_an_error(table: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        read_host_tables({"web1": table})
    assert "[hosts.web1]" in str(caught.value)


def test_host_of_a_table() -> None:
    argv = read_host_tables({"web1": {"command": ["ssh", "web1"]}}).build_argv("web1")
    assert argv[:3] == ("ssh", "web1", "bash")


def test_user_that_does_not_exist() -> None:
    with pytest.raises(ConfigError, match="no user 'nobody-of-that-name'"):
        read_host_tables({}, "nobody-of-that-name")


async def test_variables_of_the_run_reach_a_host(run: Run) -> None:
    await run("export VERSION=1.4.2; quiet=not-exported; export EMPTY=")
    there = await run("echo $VERSION ${quiet-unset} ${EMPTY-unset}. $DEPLOY_TOKEN", host="beside")
    assert there.out == "1.4.2 unset . ***\n"


async def test_a_later_value_reaches_a_host_and_its_own_stays(run: Run) -> None:
    await run("export VERSION=1 STAGE=test")
    await run("STAGE=production; own=there", host="beside")
    await run("export VERSION=2")
    assert (await run("echo $VERSION $STAGE $own", host="beside")).out == "2 production there\n"
    assert (await run("echo $STAGE ${own-none}")).out == "test none\n"


async def test_path_and_home_are_those_of_the_host(run: Run) -> None:
    await run("export PATH=/somewhere/else:$PATH HOME=/somewhere")
    there = await run("echo $PATH $HOME", host="beside")
    assert "/somewhere" not in there.out


@pytest.mark.parametrize(
    ("command", "code", "left", "pipes"),
    [
        ("true", 0, False, (0,)),
        ("exit 7", 7, True, (7,)),
        ("(exit 3) | cat", 0, False, (3, 0)),
        ("kill -9 $BASHPID", 137, True, ()),
    ],
)
async def test_ends_alike_on_a_host(run: Run, command: str, code: int, left: bool, pipes: tuple[int, ...]) -> None:
    ended = (await run(command, host="beside")).ended
    assert (ended.exit_code, ended.left_fence, ended.pipe_codes) == (code, left, pipes)


async def test_output_of_a_host_is_its_own(run: Run) -> None:
    ran = await run("printf 'no newline'; echo wrong >&2; printf '\\0\\1binary'", host="beside")
    assert (ran.out, ran.err) == ("no newline\0\1binary", "wrong\n")


async def test_standard_input_is_empty_there(run: Run) -> None:
    assert (await run("cat; read -r line; echo got:$line", host="beside", timeout_s=20)).out == "got:\n"


async def test_nothing_stays_on_a_host(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    tables = {"there": ("env", "-u", "XDG_RUNTIME_DIR", f"TMPDIR={scratch}", f"HOME={scratch}")}
    session = Session(tmp_path / "other", Hosts(tables), run="r2")
    session.open({"PATH": os.environ["PATH"]}, tmp_path, {"DEPLOY_TOKEN": "open-sesame"})
    await session.run(Step(item="a", attempt=1, command="ls -d $TMPDIR/gonogo.* | wc -l; PASSWORD=x", host="there"))
    await session.run(Step(item="b", attempt=1, command="sleep 60", host="there", timeout_s=0.5, grace_s=0.3))
    assert session.files("a", 1).path("out").read_text() == "1\n"
    assert os.listdir(scratch) == []  # noqa: PTH208


async def test_secret_made_on_a_host_is_masked_everywhere(run: Run) -> None:
    made = await run("API_TOKEN=made-over-there; echo $API_TOKEN", host="beside")
    here = await run("echo made-over-there")
    assert (made.out, here.out) == ("***\n", "***\n")


async def test_connection_that_never_runs_the_command_is_a_failure(tmp_path: Path) -> None:
    hosts = Hosts({"mute": ("bash", "-c", "exit 0", "--"), "deaf": ("sh", "-c", "cat > /dev/null & exit 0", "--")})
    session = Session(tmp_path / "other", hosts, run="r3")
    session.open({"PATH": os.environ["PATH"]}, tmp_path)
    for name in ("mute", "deaf"):
        ended = await session.run(Step(item=name, attempt=1, command="echo never", host=name))
        assert ended.exit_code == 255
        assert "how it ended is not known" in session.files(name, 1).path("err").read_text()


async def test_program_of_the_prefix_that_is_missing(tmp_path: Path) -> None:
    session = Session(tmp_path / "other", Hosts({"gone": ("no-such-program",)}), run="r4")
    session.open({"PATH": os.environ["PATH"]}, tmp_path)
    with pytest.raises(OSError, match="No such file"):
        await session.run(Step(item="a", attempt=1, command="true", host="gone"))


async def test_background_process_of_a_host_holds_nothing_up(run: Run) -> None:
    started = await run("sleep 30 & echo $!", host="beside", timeout_s=20)
    assert started.ended.duration_s < 15
    pid = int(started.out)
    assert is_alive(pid)
    os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("how", ["time", "stop"])
async def test_remote_process_ends_with_its_command(run: Run, session: Session, workdir: Path, how: str) -> None:
    command = f"echo $BASHPID > {workdir}/far; (setsid sleep 300 & echo $! > {workdir}/far2); trap '' TERM; sleep 300"
    stop = asyncio.Event()
    limit = 1.0 if how == "time" else 60.0
    step = Step(item="far", attempt=1, command=command, host="beside", timeout_s=limit, grace_s=0.5)
    task = asyncio.create_task(session.run(step, stop=stop))
    while not (workdir / "far2").exists():  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    if how == "stop":
        stop.set()
    ended = await asyncio.wait_for(task, 30)
    assert ended.ending == ("timed_out" if how == "time" else "interrupted")
    assert not is_alive(int((workdir / "far").read_text()))
    assert not is_alive(int((workdir / "far2").read_text()))


@needs(os.geteuid() == 0 and shutil.which("setpriv") is not None, "root and setpriv, to be somebody else")
async def test_commands_run_as_another_user(tmp_path: Path) -> None:
    session = Session(tmp_path / "other", Hosts({}, "nobody"), run="r5")
    session.open({"PATH": os.environ["PATH"], "HOME": "/root"}, Path("/"), {"VERSION": "3"})
    first = await session.run(Step(item="a", attempt=1, command="id -un; echo $USER $HOME; cd /usr; colour=blue"))
    second = await session.run(Step(item="b", attempt=1, command="pwd; echo $colour $VERSION"))
    assert (first.exit_code, second.exit_code) == (0, 0)
    name, who = session.files("a", 1).path("out").read_text().splitlines()
    assert name == "nobody"
    assert who.startswith("nobody /")
    assert session.files("b", 1).path("out").read_text() == "/usr\nblue 3\n"
    assert session.variables()["colour"] == "blue"


@needs(os.geteuid() == 0 and shutil.which("setpriv") is not None, "root and setpriv, to be somebody else")
async def test_another_user_s_background_processes_leave_their_exit_codes(tmp_path: Path) -> None:
    session = Session(tmp_path / "other", Hosts({}, "nobody"), run="r6")
    session.open({"PATH": os.environ["PATH"], "HOME": "/root"}, Path("/"), {})
    begin = 'G=$(mktemp -u); (until [ -e "$G" ]; do sleep 0.02; done; exit 5) & PID=$!'
    lines = (begin, 'touch "$G"; while kill -0 $PID 2>/dev/null; do sleep 0.02; done; rm "$G"', "wait $PID")
    codes = [
        (await session.run(Step(item=f"i{number}", attempt=1, command=line, timeout_s=30))).exit_code
        for number, line in enumerate(lines)
    ]
    assert codes == [0, 0, 5]


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[tuple[str, ...]]:
    """A real SSH server on the loopback, and the prefix that reaches it."""
    program = ensure_program("sshd", "openssh-server")
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)], check=True)
    (tmp_path / "authorized").write_text((tmp_path / "user.pub").read_text())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    settings = {
        "HostKey": str(tmp_path / "host"),
        "AuthorizedKeysFile": str(tmp_path / "authorized"),
        "ListenAddress": "127.0.0.1",
        "Port": port,
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PermitRootLogin": "yes",
    }
    config = tmp_path / "sshd_config"
    config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    server = subprocess.Popen([program, "-D", "-e", "-f", str(config)], stderr=subprocess.DEVNULL)
    _await_port(int(port))
    options = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR")
    yield ("ssh", "-F", "none", "-p", port, "-i", str(tmp_path / "user"), *options, "127.0.0.1")
    server.terminate()
    server.wait()


def _await_port(port: int) -> None:
    for _ in range(200):
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the SSH server does not answer")


@needs(os.geteuid() == 0, "root, to serve SSH for itself")
async def test_by_a_real_ssh(sshd: tuple[str, ...], tmp_path: Path, workdir: Path) -> None:
    session = Session(tmp_path / "other", Hosts({"web1": sshd}), run="r6")
    session.open({"PATH": os.environ["PATH"]}, tmp_path, {"DEPLOY_TOKEN": "open-sesame", "VERSION": "1.4.2"})

    async def run_there(item: str, command: str, **options: Any) -> Ran:
        ended = await session.run(Step(item=item, attempt=1, command=command, host="web1", **options))
        files = session.files(item, 1)
        return Ran(ended, files.path("out").read_text(), files.path("err").read_text())

    first = await run_there(
        "a", "cd /usr; colour=blue; echo $VERSION $DEPLOY_TOKEN ${SSH_CONNECTION:+far}; (exit 3) | cat"
    )
    assert (first.out, first.ended.pipe_codes) == ("1.4.2 *** far\n", (3, 0))
    assert (await run_there("b", "pwd; echo $colour; exit 4")).ended.exit_code == 4
    late = await run_there("c", f"echo $BASHPID > {workdir}/far; sleep 300", timeout_s=2.0, grace_s=0.5)
    assert late.ended.ending == "timed_out"
    assert not is_alive(int((workdir / "far").read_text()))
    left = await run_there("d", f"sleep 300 & echo $! > {workdir}/app; echo started", timeout_s=30)
    assert (left.out, left.ended.exit_code, left.ended.ending) == ("started\n", 0, "ended")
    os.kill(int((workdir / "app").read_text()), signal.SIGKILL)


@needs(os.geteuid() == 0, "root, to serve SSH for itself")
async def test_lost_connection_ends_the_command_there(sshd: tuple[str, ...], tmp_path: Path, workdir: Path) -> None:
    session = Session(tmp_path / "other", Hosts({"web1": sshd}), run="r7")
    session.open({"PATH": os.environ["PATH"]}, tmp_path)
    step = Step(item="a", attempt=1, command=f"echo $BASHPID > {workdir}/far; sleep 300", host="web1", grace_s=0.5)
    task = asyncio.create_task(session.run(step))
    while not (workdir / "far").exists():  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    process = session.files("a", 1).read_process()
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    ended = await asyncio.wait_for(task, 30)
    assert ended.exit_code != 0
    far = int((workdir / "far").read_text())
    async with asyncio.timeout(30):
        while is_alive(far):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
