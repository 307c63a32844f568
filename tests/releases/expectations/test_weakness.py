"""Signs of failure behind an exit code of 0, and searches whose finding is the bad news."""

from __future__ import annotations

import pytest

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations import compile_expectation, judge
from gonogo.releases.expectations.command_line import split_pipe
from gonogo.releases.expectations.judging.weakness import find_weakness
from gonogo.releases.expectations.searches import compile_search
from gonogo.releases.rules import Absence, Count, Exit

MARK = "\n[gonogo] http_code={} time_s=0.1\n"


@pytest.mark.parametrize(
    ("command", "parts"),
    [
        ("cat a | sort | head -3", ("cat a", "sort", "head -3")),
        ("grep 'a|b' x | wc -l", ("grep 'a|b' x", "wc -l")),
        ('grep "a\\|b" x', ('grep "a\\|b" x',)),
        ("cd x && sudo grep y z", ("grep y z",)),
        ("A=1 LC_ALL=C ./a | tee log", ("./a", "tee log")),
        ("./a || ./b 2>&1 | cat", ("./b 2>&1", "cat")),
    ],
)
def test_the_last_pipe_is_split(command: str, parts: tuple[str, ...]) -> None:
    assert split_pipe(command) == parts


@pytest.mark.parametrize(
    ("command", "codes", "weak"),
    [
        ("nosuchtool | head", (127, 0), True),
        ("./migrate | tee log", (1, 0), True),
        ("./migrate | tee log", (0, 0), False),
        ("seq 1 1000000 | head -1", (141, 0), False),
        ("cat app.log | grep ERROR | wc -l", (0, 1, 0), False),
        ("cat gone.log | grep ERROR | wc -l", (1, 1, 0), True),
        ("grep ERROR gone.log | wc -l", (2, 0), True),
        ("./migrate | tee log; exit ${PIPESTATUS[0]}", (1, 0), False),
        ("./migrate", (1,), False),
    ],
)
def test_a_pipe_hides_the_failure_of_its_first_commands(command: str, codes: tuple[int, ...], weak: bool) -> None:
    found = find_weakness(Evidence(command=command, exit_code=0, pipe_codes=codes))
    assert (found is not None) is weak
    assert found is None or "failed with exit code" in found


@pytest.mark.parametrize(
    ("command", "stderr", "weak"),
    [
        ("psql -f up.sql", 'psql:up.sql:3: ERROR:  relation "x" does not exist\n', True),
        ("psql shop < up.sql", "ERROR:  syntax error\nLINE 1: SELEC\n", True),
        ("psql -c 'SELECT 1'", "", False),
        ("psql -f up.sql", "NOTICE:  table exists, skipping\n", False),
        ("psql -f up.sql 2>/dev/null", "", True),
        ("./errors", "ERROR: x\n", False),
        ("curl http://x", MARK.format(500), True),
        ("curl http://x", MARK.format(200), False),
        ("curl http://x", MARK.format("000"), True),
        ("until curl http://x; do sleep 1; done", MARK.format(503) + MARK.format(200), False),
        ("curl -q -X POST http://x/deploy", "", True),
        ("curl -q -f -X POST http://x/deploy", "", False),
        ("curl -q http://x", "", False),
    ],
)
def test_a_client_that_exits_0_in_spite_of_errors(command: str, stderr: str, weak: bool) -> None:
    assert (find_weakness(Evidence(command=command, stderr=stderr, exit_code=0)) is not None) is weak


def test_a_pass_in_spite_of_a_sign_of_failure_is_for_a_person() -> None:
    evidence = Evidence(command="cat gone.log | grep ERROR", exit_code=1, pipe_codes=(1, 1))
    assert judge(compile_expectation("no errors"), evidence).outcome == "human"
    kept = Evidence(command="cat app.log | grep ERROR", exit_code=1, pipe_codes=(0, 1))
    assert judge(compile_expectation("no errors"), kept).outcome == "pass"
    refused = Evidence(command="curl http://x", stdout="all good", stderr=MARK.format(500), exit_code=0)
    assert judge(compile_expectation("output contains good"), refused).outcome == "human"
    assert judge(compile_expectation("returns 500"), refused).outcome == "pass"


@pytest.mark.parametrize(
    ("command", "sentence", "kind"),
    [
        ('git log -p | grep -i "key\\|token" | head -5', "No credentials in the history", Absence),
        ("grep -rn 'TODO' src", "There should be no TODOs left", Absence),
        ("rg console.log web", "Search for leftover debug statements", Absence),
        ("grep -rq hunter2 .", "Check for hard-coded passwords", Exit),
        ("grep -c FATAL app.log", "No fatal lines", Count),
        ("journalctl -u x | grep -i panic | wc -l", "no panics since the restart", Count),
        ("grep ready app.log", "Check that it is ready", None),
        ("grep -v ok app.log", "No failures", None),
        ("grep x y && echo bad", "No x in y", None),
        ("./scan", "No secrets", None),
        ("grep -c x y", "No more than 3 x", None),
    ],
)
def test_a_search_for_what_must_not_be_there(command: str, sentence: str, kind: type | None) -> None:
    assert type(compile_search(command, sentence)) is (kind or type(None))
