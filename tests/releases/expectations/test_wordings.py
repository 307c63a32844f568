"""Every wording becomes a rule that knows its own outputs; what is not certain goes to a person."""

from __future__ import annotations

from typing import Any

import pytest

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations import compile_expectation, judge
from gonogo.releases.reading.judging import compile_words, find_expectation, introduces_output
from gonogo.releases.rules import Human
from tests.releases.expectations.wordings import FOR_PEOPLE, ROWS, SAMPLES, Row


def judge_row(row: Row, seen: str | dict[str, Any]) -> str:
    fields = {"exit_code": 0, **({"stdout": seen} if isinstance(seen, str) else seen)}
    return judge(compile_words(row.text, command=row.command), Evidence(command=row.command, **fields)).outcome


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.text)
def test_a_wording_knows_its_own_outputs(row: Row) -> None:
    rule = compile_words(row.text, command=row.command)
    assert judge_row(row, row.good) == "pass", rule
    assert judge_row(row, row.bad) == "fail", rule


@pytest.mark.parametrize("text", FOR_PEOPLE + SAMPLES)
def test_what_is_not_certain_is_for_a_person(text: str) -> None:
    rule = compile_words(text, command="./check")
    assert isinstance(rule, Human)
    assert rule.question.endswith("?")


@pytest.mark.parametrize(
    "command", ["ls -l dump.sql", "sudo du -sh data", "cat x | wc -c", "stat dump.sql", "find data"]
)
def test_not_empty_is_no_claim_about_a_name_or_a_size(command: str) -> None:
    assert isinstance(compile_words("Should not be empty", command=command), Human)


@pytest.mark.parametrize("text", [*SAMPLES, "You may see a warning here", "This might print 3"])
def test_samples_and_possibilities_are_no_expectations(text: str) -> None:
    assert find_expectation(text) is None
    assert not introduces_output(text)


def test_most_wordings_need_nobody() -> None:
    texts = [row.text for row in ROWS] + FOR_PEOPLE
    compiled = [text for text in texts if not isinstance(compile_expectation(text), Human)]
    assert len(ROWS) >= 150
    assert len(compiled) / len(texts) >= 0.75
