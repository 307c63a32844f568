"""Whatever the rule and whatever the output, there is a verdict, and it says why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.releases.evidence import Evidence
from gonogo.releases.expectations import compile_expectation, judge
from gonogo.releases.rules import (
    Absence,
    Contains,
    Count,
    Exact,
    Exit,
    HttpStatus,
    Human,
    Json,
    Number,
    Rule,
    Version,
)

OPERATORS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
NUMBERS = st.one_of(st.none(), st.floats(allow_nan=False))
WORDS = st.one_of(
    st.text(max_size=20), st.sampled_from(["errors", "rows", "P95", "duration", "tests", "(", "\\", "500 errors"])
)
MAYBE = st.one_of(st.none(), WORDS)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["...", "a...b", "x"]))
PATTERNS = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3))
UNITS = st.one_of(MAYBE, st.sampled_from(["%", "ms", "s", "m", "MB", "req/s", "/s"]))

RULES: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Exact, source=WORDS, text=WORDS, key=MAYBE),
    st.builds(Contains, source=WORDS, text=WORDS, fails=st.booleans()),
    st.builds(Json, source=WORDS, pattern=PATTERNS),
    st.builds(HttpStatus, source=WORDS, codes=st.lists(st.integers(0, 599), max_size=3).map(tuple)),
    st.builds(
        Number,
        source=WORDS,
        op=st.one_of(st.none(), OPERATORS),
        value=NUMBERS,
        low=NUMBERS,
        high=NUMBERS,
        unit=UNITS,
        subject=MAYBE,
        polarity=st.sampled_from(["good", "bad"]),
    ),
    st.builds(Absence, source=WORDS, what=WORDS),
    st.builds(
        Count, source=WORDS, value=st.integers(), op=OPERATORS, total=st.one_of(st.none(), st.integers()), noun=MAYBE
    ),
    st.builds(Exit, source=WORDS, codes=st.lists(st.integers(0, 255), max_size=2).map(tuple), fails=st.booleans()),
    st.builds(Version, source=WORDS, minimum=st.one_of(WORDS, st.just("3.12")), subject=MAYBE),
    st.builds(Human, source=WORDS, question=WORDS),
    st.text(max_size=60).map(compile_expectation),
)
PIECES = st.sampled_from(
    [
        *(
            '{"a": 1}',
            "[",
            "HTTP/1.1 200 OK\r\n\r\n",
            "(2 rows)\n",
            "READY STATUS\nx 1/1 Running",
            "15 passed in 0.1s\n",
        ),
        *(
            "Ran 3 tests in 0.1s\n\nOK\n",
            "p95=20ms",
            "97%",
            "1,204",
            "v1.2.3",
            "error: x\n",
            "real 0m1.0s\n",
            " ",
            "\n",
            "| ",
        ),
        *(
            "[gonogo] http_code=200 time_s=0.1\n",
            "tests: 4",
            "Tests: 1 failed, 2 passed\n",
            "count\n----\n 5\n",
            "\x1b[31m",
            "9" * 30,
        ),
    ]
)
OUTPUTS = st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=8).map("".join))
EVIDENCE = st.builds(
    Evidence,
    command=st.sampled_from(["./x", "curl -f http://x", "curl -s -w '%{http_code}' x", "grep a b", "echo $P95"]),
    stdout=OUTPUTS,
    stderr=OUTPUTS,
    exit_code=st.one_of(st.none(), st.sampled_from([0, 1, 2, 22, 255])),
    duration_s=st.floats(0, 1e6),
    timed_out=st.booleans(),
    http_status=st.one_of(st.none(), st.integers(0, 599)),
)


@given(RULES, EVIDENCE)
def test_there_is_always_a_verdict(rule: Rule, evidence: Evidence) -> None:
    verdict = judge(rule, evidence)
    assert verdict.outcome in ("pass", "fail", "no_data", "human")
    assert verdict.why
    if evidence.exit_code is None and not isinstance(rule, Human):
        assert verdict.outcome in ("no_data", "fail")
    if verdict.outcome == "pass" and evidence.exit_code not in (0, 1, 22):
        assert isinstance(rule, Exit | Contains), "only a rule that expects failure passes one"


LONG = [
    *(
        "1 ",
        "1,000",
        "a",
        " ",
        "\n",
        "{",
        "[",
        '{"a":',
        "error ",
        "0 errors ",
        "p95=",
        "1/1 ",
        "Tests: 1 passed, ",
        "---\n",
    ),
    *("HTTP/1.1 200\n", "a: b\n", "\r", "v1.", "1.2.3 ", "real 1", "  % Total\n", "15 passed, ", "(1 row)\n", "\x1b["),
    *(
        "DEBUG=",
        "test ",
        "[gonogo] http_code=2",
        "Ran 1 tests in 1s\n",
        "connection ",
        "x-error",
        "_",
        "E1234 ",
        " Running",
    ),
]
ASKED = [
    *(
        "Expected: `x`",
        "output contains x",
        "{a: 1}",
        "returns 200",
        "P95 < 5ms",
        "Error rate < 5%",
        "at least 3",
        "> 95%",
    ),
    *(
        "no output",
        "no errors",
        "0 rows",
        "no connection errors",
        "no failures",
        "15/15 tests passing",
        "3 pods running",
    ),
    *("DEBUG=false", "Python 3.12+", "should be 4", "should fail with timeout", "CORS error (blocked)", "5 tables"),
]


@pytest.mark.parametrize("unit", LONG)
def test_long_outputs_are_judged(unit: str) -> None:
    """A pattern that backtracks without bound would hang here; that is the failure."""
    text = unit * (300_000 // len(unit))
    for asked in ASKED:
        rule = compile_expectation(asked)
        assert not isinstance(rule, Human)
        assert judge(rule, Evidence(command="curl -i x", stdout=text, stderr=text, exit_code=0)).why
