"""What one command leaves for the next."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest

from gonogo.releases.shell.session import Session, Step
from tests.releases.shell.conftest import Run, open_session


@pytest.mark.parametrize(
    ("first", "then", "printed"),
    [
        ("colour=blue", "echo $colour", "blue\n"),
        ("export COLOUR='deep blue'", "printenv COLOUR", "deep blue\n"),
        ("text=$'two\\nlines $HOME `x` \"q\"'", 'printf %s "$text"', 'two\nlines $HOME `x` "q"'),
        ("list=(one 'two three')", 'echo "${list[1]}" ${#list[@]}', "two three 2\n"),
        ("declare -A ages=([ann]=3 ['b c']=4)", 'echo "${ages[b c]}"', "4\n"),
        ("declare -r FIXED=1", "echo $FIXED", "1\n"),
        ("greet() { echo hello $1; }", "greet you", "hello you\n"),
        ("greet() { echo hello; }; export -f greet", "bash -c greet", "hello\n"),
        ("mkdir inner && cd inner", "basename $PWD", "inner\n"),
        ("cd /; cd /usr", "cd - ", "/\n"),
        ("umask 027", "umask", "0027\n"),
        ("set -o pipefail", "false | true; echo $?", "1\n"),
        ("shopt -s nullglob", "echo nothing*here", "\n"),
        ("export GONE=1; unset HOME", 'echo "${HOME-unset}"', "unset\n"),
        ("(exit 9)", "echo $?", "9\n"),
        ("IFS=,", 'v="a,b"; set -- $v; echo $#', "2\n"),
    ],
)
async def test_carries_over(run: Run, first: str, then: str, printed: str) -> None:
    await run(first)
    assert (await run(then)).out == printed


async def test_carries_over_restart(run: Run, session: Session, tmp_path: Path, workdir: Path) -> None:
    await run("kept=yes; cd /usr")
    again = open_session(tmp_path, workdir)
    await again.run(Step(item="later", attempt=1, command="echo $kept $PWD"))
    assert again.files("later", 1).path("out").read_text() == "yes /usr\n"


async def test_exit_keeps_state(run: Run) -> None:
    ended = await run("kept=before; exit 3")
    assert ended.ended.exit_code == 3
    assert (await run("echo $kept $?")).out == "before 3\n"


@pytest.mark.parametrize("ending", ["kill -9 $$", "kill -9 $BASHPID", "exec sh -c 'exit 4'"])
async def test_violent_end_keeps_earlier_state(run: Run, ending: str) -> None:
    await run("kept=earlier")
    assert (await run(f"kept=lost; {ending}")).ended.exit_code != 0
    assert (await run("echo $kept")).out == "earlier\n"


async def test_errexit_stops_later_command(run: Run) -> None:
    await run("set -e")
    stopped = await run("false; echo reached")
    assert (stopped.ended.exit_code, stopped.out) == (1, "")


async def test_missing_folder_is_no_other(run: Run, workdir: Path) -> None:
    (workdir / "precious").touch()
    await run("mkdir gone && cd gone && rmdir ../gone")
    swept = await run("rm -rf ./*; pwd")
    assert swept.out.endswith("/nowhere\n")
    assert (workdir / "precious").exists()
    assert "is gone" in swept.err


async def test_tracing_shows_only_the_command(run: Run) -> None:
    assert (await run("set -x; echo seen")).err == "++ echo seen\n"


async def test_server_secrets_stay_out(run: Run) -> None:
    assert (await run("echo ${GONOGO_ADMIN_PASSWORD-none}")).out == "none\n"


async def test_standard_input_is_empty(run: Run) -> None:
    assert (await run("read line; echo got:$line")).out == "got:\n"


async def test_unclosed_quote_fails(run: Run) -> None:
    assert (await run("echo 'open")).ended.exit_code == 2


async def test_files_are_private(run: Run, session: Session, tmp_path: Path) -> None:
    await run("umask 000; echo hi")
    folder = tmp_path / "run"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path.is_file()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}, modes


async def test_exported_later(run: Run, session: Session) -> None:
    session.export({"GONOGO_PREVIOUS_COMMIT": "abc"})
    assert (await run("printenv GONOGO_PREVIOUS_COMMIT")).out == "abc\n"


async def test_background_job_lives_on(run: Run) -> None:
    started = await run("sleep 60 &")
    assert started.ended.duration_s < 30
    told = await run('PID=$!; echo "$PID"')
    await run("kill $PID")
    with pytest.raises(ProcessLookupError):
        _wait_until_gone(int(told.out))


async def test_wait_sees_earlier_jobs(run: Run, workdir: Path) -> None:
    await run("(until [ -e go ]; do sleep 0.01; done; touch done) &")
    waited = await run("touch go; wait; ls done")
    assert waited.out == "done\n"


async def test_wait_does_not_invent_a_status(run: Run, tmp_path: Path) -> None:
    pid = (await run("sleep 60 & echo $!")).out.strip()
    await run("kill -9 " + pid)
    (ended,) = (tmp_path / "run" / "ended").iterdir()
    ended.unlink()
    waited = await run("wait " + pid)
    assert waited.ended.exit_code == 127
    assert "not known" in waited.err or "not a child" in waited.err


async def test_host_keeps_its_own_state(run: Run) -> None:
    await run("here=1", host="beside")
    there = await run("echo ${here-none} $DEPLOY_TOKEN; cd /usr; (exit 5)", host="beside")
    assert (there.ended.exit_code, there.out) == (5, "1 ***\n")
    assert (await run("pwd; echo $?", host="beside")).out.startswith("/usr\n")
    assert (await run("echo ${here-none}")).out == "none\n"


def _wait_until_gone(pid: int) -> None:
    for _ in range(2_000_000):
        os.kill(pid, 0)
        if _is_zombie(pid):
            raise ProcessLookupError
    os.kill(pid, signal.SIGKILL)
    raise AssertionError("the process outlived its kill")


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True
