"""What an exit code is worth: hidden failures stay undecided, a clean search passes, a finding fails."""

from __future__ import annotations

from typing import Any

import pytest

from gonogo.releases.deciding.exits import judge_exit
from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations import compile_expectation
from gonogo.releases.expectations.searches import compile_search
from gonogo.releases.plan import Item
from gonogo.releases.rules import Exit, Human, Rule


def make_run(command: str, rule: Rule | None = None) -> Item:
    return Item(
        id="r", kind="run", line=1, end_line=1, text=command, command=command, rule=rule or Exit(source="exit 0")
    )


def make_check(text: str) -> Item:
    return Item(id="c", kind="check", line=2, end_line=2, text=text, judges="r", rule=compile_expectation(text))


def outcome(command: str, *checks: Item, rule: Rule | None = None, **fields: Any) -> str:
    fields = {"exit_code": 0, **fields}
    return judge_exit(make_run(command, rule), list(checks), Evidence(command=command, **fields)).outcome


def test_a_hidden_failure_is_undecided_where_nothing_else_judges_it() -> None:
    assert outcome("nosuchtool | head", pipe_codes=(127, 0)) == "undecided"
    assert outcome("psql -f up.sql", stderr="ERROR:  no such table\n") == "undecided"
    assert outcome("curl http://x/deploy", stderr="\n[gonogo] http_code=502 time_s=0.1\n") == "undecided"
    assert (
        outcome("curl http://x/deploy", make_check("returns 502"), stderr="\n[gonogo] http_code=502 time_s=0.1\n")
        == "pass"
    )
    asks = Item(id="c", kind="check", line=2, end_line=2, text="x", judges="r", rule=Human(source="x", question="x?"))
    assert outcome("nosuchtool | head", asks, pipe_codes=(127, 0)) == "undecided"


def test_a_search_by_the_sentence_above_it() -> None:
    rule = compile_search("grep -rn AKIA src", "No access keys in the source")
    assert outcome("grep -rn AKIA src", rule=rule, exit_code=1) == "pass"
    assert outcome("grep -rn AKIA src", rule=rule, stdout="src/a.py: AKIA…\n") == "fail"
    assert outcome("grep -rn AKIA src", rule=rule, exit_code=2, stderr="grep: src: No such file\n") == "fail"
    quiet = compile_search("grep -rq AKIA src", "No access keys in the source")
    assert outcome("grep -rq AKIA src", rule=quiet, exit_code=1) == "pass"
    assert outcome("grep -rq AKIA src", rule=quiet, exit_code=0) == "fail"


@pytest.mark.parametrize(
    ("command", "check", "code", "expected"),
    [
        ("grep -r eval src", "Should return nothing", 1, "pass"),
        ("systemctl is-active old", "Expected: inactive", 3, "pass"),
        ("diff a b", "no output", 2, "fail"),
        ("./job", "no errors", 1, "fail"),
        ("ls /srv/old", "should not exist", 2, "pass"),
    ],
)
def test_an_absence_can_be_reached_with_a_failing_exit_code(command: str, check: str, code: int, expected: str) -> None:
    assert outcome(command, make_check(check), exit_code=code) == expected
