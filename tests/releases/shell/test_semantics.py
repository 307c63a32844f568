"""What a command means in a shell that lives on: pipes, exits, jobs, traps, options and limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.releases.shell.conftest import Run


@pytest.mark.parametrize(
    ("command", "codes", "exit_code"),
    [
        ("true", (0,), 0),
        ("(exit 5)", (5,), 5),
        ("(exit 3) | cat", (3, 0), 0),
        ("echo schema; (exit 4) | tee /dev/null | cat", (4, 0, 0), 0),
        ("set -o pipefail; (exit 4) | cat", (4, 0), 4),
        ("cat <<END | tr a b\naaa\nEND", (0, 0), 0),
        ("set -eo pipefail; (exit 2) | cat; echo not here", (2, 0), 2),
        ("echo a | cat # the last word", (0, 0), 0),
        ("(exit 7) | cat \\", (7, 0), 0),
    ],
)
async def test_codes_of_a_pipe(run: Run, command: str, codes: tuple[int, ...], exit_code: int) -> None:
    ran = await run(command)
    assert (ran.ended.pipe_codes, ran.ended.exit_code) == (codes, exit_code)


@pytest.mark.parametrize(
    ("pipe", "then", "printed"),
    [
        ("(exit 3) | tee log", 'echo "${PIPESTATUS[0]} ${PIPESTATUS[1]}"', "3 0\n"),
        ("(exit 3) | cat | (exit 6)", "echo ${PIPESTATUS[@]}", "3 0 6\n"),
        ("(exit 8)", "echo ${PIPESTATUS[0]}", "8\n"),
        ("(exit 3) | tee log", 'if [ "${PIPESTATUS[0]}" -ne 0 ]; then echo migration failed; fi', "migration failed\n"),
        ("set -u; (exit 9) | cat", "echo ${PIPESTATUS[0]} $?", "9 0\n"),
    ],
)
async def test_pipe_is_known_to_the_next_command(run: Run, pipe: str, then: str, printed: str) -> None:
    await run(pipe)
    assert (await run(then)).out == printed


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ("exit 0", True),
        ("if true; then echo nothing to do; exit 0; fi", True),
        ("exec true", True),
        ("leave() { exit 0; }; leave", True),
        ("(exit 0)", False),
        ("bash -c 'exit 0'", False),
        ("true || exit 1", False),
        ("echo done", False),
    ],
)
async def test_leaving_the_fence(run: Run, command: str, left: bool) -> None:
    ran = await run(command)
    assert (ran.ended.left_fence, ran.ended.exit_code) == (left, 0)


async def test_trace_does_not_show_what_surrounds_a_pipe(run: Run) -> None:
    ran = await run("set -x; echo seen | cat")
    assert "gonogo" not in ran.err


@pytest.mark.parametrize("option", ["set -e", "set -euo pipefail", "set -o errexit"])
async def test_options_end_with_their_fence(run: Run, option: str) -> None:
    await run(option, fence="script")
    assert (await run("false; echo on", fence="script")).out == ""
    after = await run("false; echo on; set -o | grep -c 'errexit *on'", fence="list")
    assert after.out == "on\n0\n"


async def test_options_of_functions_and_names_stay(run: Run) -> None:
    await run("set -e; greet() { echo hi; }; colour=blue; list=(1 2)", fence="script", ends_fence=True)
    assert (await run("greet; echo $colour ${#list[@]}", fence="next")).out == "hi\nblue 2\n"


async def test_exit_trap_runs_at_the_end_of_its_fence(run: Run) -> None:
    first = await run("trap 'echo cleaned up: $?' EXIT; touch lock", fence="f")
    between = await run("ls lock", fence="f")
    last = await run("(exit 3)", fence="f", ends_fence=True)
    assert (first.out, between.out, last.out) == ("", "lock\n", "cleaned up: 3\n")
    assert last.ended.exit_code == 3
    assert (await run("echo next", fence="g")).out == "next\n"


async def test_exit_trap_runs_when_the_fence_is_left(run: Run) -> None:
    await run("dir=work; trap 'echo removing $dir' EXIT", fence="f")
    left = await run("dir=other; exit 4", fence="f")
    assert (left.out, left.ended.exit_code) == ("removing other\n", 4)
    assert (await run("echo $dir", fence="f")).out == "other\n"


async def test_exit_trap_of_a_fence_cut_short_runs_before_the_next(run: Run) -> None:
    await run("trap 'echo late' EXIT", fence="f")
    assert (await run("echo now", fence="g")).out == "late\nnow\n"


async def test_exit_trap_can_be_taken_back(run: Run) -> None:
    await run("trap 'echo never' EXIT", fence="f")
    assert (await run("trap - EXIT; echo on", fence="f", ends_fence=True)).out == "on\n"


async def test_trap_in_a_subshell_is_its_own(run: Run) -> None:
    assert (await run("(trap 'echo inner' EXIT; true); echo outer")).out == "inner\nouter\n"


async def test_error_trap_lasts_for_its_fence(run: Run) -> None:
    await run("trap 'echo caught' ERR", fence="f")
    assert (await run("false", fence="f")).out == "caught\n"
    assert (await run("false", fence="g")).out == ""


async def test_limits_are_carried(run: Run) -> None:
    await run("ulimit -n 123")
    assert (await run("ulimit -n; bash -c 'ulimit -n'")).out == "123\n123\n"


@pytest.mark.parametrize(("end", "code"), [("exit 0", 0), ("exit 9", 9), ("kill -TERM $BASHPID", 143)])
async def test_wait_learns_how_an_earlier_job_ended(run: Run, end: str, code: int) -> None:
    await run(f"(until [ -e go ]; do sleep 0.02; done; {end}) & PID=$!")
    waited = await run("touch go; wait $PID")
    assert waited.ended.exit_code == code
    assert (await run("wait $PID; echo $?")).out == f"{code}\n"


async def test_wait_for_each_of_several(run: Run) -> None:
    await run("(sleep 0.6; exit 3) & A=$!; (sleep 0.7; exit 4) & B=$!")
    assert (await run("wait $A; a=$?; wait $B; echo $a $?")).out == "3 4\n"


async def test_wait_for_a_job_by_its_number(run: Run) -> None:
    await run("(sleep 0.5; exit 6) &")
    assert (await run("wait %1")).ended.exit_code == 6


@pytest.mark.parametrize("command", ["disown", "disown $!", "disown -h %1", "disown %%"])
async def test_disown_of_an_earlier_job(run: Run, command: str) -> None:
    await run("sleep 30 & echo $!")
    assert (await run(command)).ended.exit_code == 0
    await run("kill $!")


async def test_jobs_of_earlier_commands_are_listed_and_killed(run: Run) -> None:
    pid = (await run("sleep 30 & echo $!")).out.strip()
    assert pid in (await run("jobs")).out
    assert (await run("jobs -p")).out == f"{pid}\n"
    assert (await run("kill %1")).ended.exit_code == 0
    assert (await run(f"wait {pid}")).ended.exit_code == 143


@pytest.mark.parametrize("command", ["false &", "(exit 7) & true", "no-such-server --port 1 &"])
async def test_background_start_that_fails_at_once_is_a_failure(run: Run, command: str) -> None:
    ran = await run(command)
    assert ran.ended.exit_code not in (0, None)
    assert "ended at once" in ran.err
    assert list(ran.ended.jobs.values()) == [ran.ended.exit_code]


async def test_background_work_that_is_done_at_once_is_none(run: Run) -> None:
    ran = await run("touch done-already &")
    assert (ran.ended.exit_code, list(ran.ended.jobs.values())) == (0, [0])


async def test_an_exit_code_of_its_own_comes_first(run: Run) -> None:
    assert (await run("(exit 7) & (exit 2)")).ended.exit_code == 2


async def test_later_output_of_a_background_process_is_kept(run: Run, tmp_path: Path) -> None:
    report = "echo all $DEPLOY_TOKEN 1000 requests answered; exit 5"
    started = await run(f"(until [ -e go ]; do sleep 0.02; done; {report}) &")
    assert started.out == ""
    await run("touch go; wait $!")
    later = tmp_path / "run" / "i1.1.out-later"
    await run(f"until grep -q answered {later}; do sleep 0.05; done", timeout_s=20)
    assert later.read_text() == "all *** 1000 requests answered\n"
