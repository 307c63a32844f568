"""A rule compiled from a literal knows that literal in an output, and neither its denial nor a longer word."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations import compile_expectation, judge
from gonogo.releases.expectations.judging.wording import find_words, has_words
from gonogo.releases.expectations.states import CONTRARIES, DESCRIBING, VALUES
from gonogo.releases.rules import Human
from tests.releases.expectations.wordings import ROWS

WORDS = st.from_regex(r"[a-z]{3,10}", fullmatch=True).filter(
    # "xxx" is room to fill in, and not a literal.
    lambda word: word not in DESCRIBING and word not in CONTRARIES and len(set(word)) > 1
)
LABELS = st.sampled_from(["Expected: `{}`", "prints `{}`", "Should return `{}`", "Result: `{}`", "→ `{}`"])
FRAMES = st.sampled_from(["{}", "{}\n", "  {}\n", "\x1b[32m{}\x1b[0m\n", '"{}"\n'])
STATES = st.sampled_from(sorted(state for state in CONTRARIES if state not in VALUES and " " not in state))
COUNTS = st.integers(0, 100_000)


def outcome(text: str, stdout: str, command: str = "./check") -> str:
    rule = compile_expectation(text, command=command)
    assert not isinstance(rule, Human)
    return judge(rule, Evidence(command=command, stdout=stdout, exit_code=0)).outcome


@given(LABELS, WORDS, FRAMES)
def test_a_literal_is_found(label: str, word: str, frame: str) -> None:
    assert outcome(label.format(word), frame.format(word)) == "pass"


@given(LABELS, WORDS, WORDS)
def test_a_longer_word_or_a_denial_is_not_it(label: str, word: str, more: str) -> None:
    text = label.format(word)
    for seen in (f"{word}{more}", f"{more}{word}", f"not {word}", f"{word}: false", f"no {word} yet", ""):
        assert outcome(text, seen) != "pass", seen


@given(STATES)
def test_a_state_is_found_and_its_contraries_are_not(state: str) -> None:
    text = f"Expected: `{state}`"
    for label in (text, f'All should be "{state}"'):
        assert outcome(label, f"web {state}\n") in ("pass", "human")
        assert outcome(label, f"web not {state}\n") != "pass"
        for contrary in CONTRARIES[state]:
            assert outcome(label, f"web {contrary}\n") != "pass", contrary
            assert outcome(label, f"web {state}\ndb {contrary}\n") != "pass", contrary


@given(COUNTS, COUNTS)
def test_a_number_is_only_itself(wanted: int, seen: int) -> None:
    assume(wanted != seen)
    for text in (f"Expected: {wanted}", f"=> {wanted}", f"should be {wanted}", f"Expected count: {wanted}"):
        assert outcome(text, f"{wanted}\n") == "pass"
        assert outcome(text, f"{seen}\n") == "fail"


@given(st.integers(1, 999), st.integers(1, 999))
def test_a_fraction_is_only_itself(ready: int, total: int) -> None:
    assume(ready < total)
    assert outcome(f"{total}/{total} checks passed", f"checks: {total}/{total} passed\n") == "pass"
    assert outcome(f"{total}/{total} checks passed", f"checks: {ready}/{total} passed\n") == "fail"
    assert outcome(f"{total}/{total} Running", f"NAME  READY  STATUS\nx-0   {total}/{total}    Running\n") == "pass"


@given(st.lists(st.sampled_from(["ok", "not ok", "x", "\n", "  "]), max_size=12).map(" ".join))
def test_denied_words_are_told_from_said_ones(output: str) -> None:
    found = find_words("ok", output)
    assert found.denied is ("not ok" in " ".join(output.split(" ")) or "not ok" in output)
    assert (found.said or found.denied) is has_words("ok", output)


UNITS = ("a", " ", "\n", "ok ", "not ok ", "OK\n", "error ", "0 errors ", "x-error ", "3/3 Running\n", "HTTP/1.1 200\n")
UNITS += (
    "p95=",
    "a: b\n",
    "DEBUG=false ",
    "1.2.3 ",
    "Location: ",
    "READY STATUS\n",
    "ERROR: ",
    "é ",
    '{"a":',
    "1 failed ",
)


@pytest.mark.parametrize("unit", UNITS)
def test_a_hostile_megabyte_is_judged_in_time(unit: str) -> None:
    """A pattern that goes quadratic takes minutes here; a linear one some milliseconds for each rule."""
    text = unit * (1_000_000 // len(unit))
    rules = {type(rule): (rule, row) for row in ROWS if (rule := compile_expectation(row.text, command=row.command))}
    for rule, row in rules.values():
        began = time.process_time()
        judge(rule, Evidence(command=row.command, stdout=text, stderr=text, exit_code=0))
        assert time.process_time() - began < 2.0, row.text
