"""What a line says of itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.observe.logs.lines import LEVELS, LONGEST, compile_patterns, find_level, split_lines, tally_lines


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("2026-03-02 12:00:00 ERROR shop: no stock", "error"),
        ('{"level": "error", "msg": "no stock"}', "error"),
        ("ts=12:00 level=warn msg=slow", "warning"),
        ("[warning] disk is getting full", "warning"),
        ("12:00 [CRITICAL] out of memory", "error"),
        ("<err> kernel: oops", "error"),
        ("error: no such file", "error"),
        ("INFO:     127.0.0.1 - GET /health", "info"),
        ("info: the worker found no errors", "info"),
        ("DEBUG trying", "debug"),
        ("severity=FATAL the end", "error"),
        ("checked 12 files, no errors found", "other"),
        ("the information desk is closed", "other"),
        ("Traceback (most recent call last):", "other"),
        ("", "other"),
    ],
)
def test_level(line: str, level: str) -> None:
    assert find_level(line) == level


def test_lines_are_counted_by_level_and_pattern_and_the_newest_are_kept() -> None:
    lines = ["INFO a", "ERROR timeout b", "WARNING c", "INFO timeout d", "plain"]
    tally = tally_lines(lines, compile_patterns({"timeout": "time ?out", "oom": "out of memory"}), 2)
    assert dict(tally.levels) == {"info": 2, "error": 1, "warning": 1, "other": 1}
    assert dict(tally.patterns) == {"timeout": 2}
    assert [(one.level, one.patterns, one.line) for one in tally.excerpts] == [
        ("warning", (), "WARNING c"),
        ("info", ("timeout",), "INFO timeout d"),
    ]
    assert tally_lines(lines, {}, 0).excerpts == ()


@given(st.binary(max_size=500))
def test_any_bytes_are_lines(data: bytes) -> None:
    lines = split_lines(data)
    tally = tally_lines(lines, {}, 10)
    assert tally.levels.total() == len(lines)
    assert set(tally.levels) <= set(LEVELS)


def test_an_endless_line_is_kept_in_part() -> None:
    [excerpt] = tally_lines(["ERROR " + "x" * 10_000], {}, 5).excerpts
    assert len(excerpt.line) == LONGEST
