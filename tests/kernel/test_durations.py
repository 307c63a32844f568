"""Durations: one reading of them for options, settings, annotations and files."""

from __future__ import annotations

import pytest

from gonogo.kernel.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("250us", 0.00025),
        ("30s", 30),
        ("1.5h", 5400),
        ("15 min", 900),
        ("15 minutes", 900),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("2d12h", 216000),
        ("1w", 604800),
        (" 90s ", 90),
    ],
)
def test_what_people_write_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "s", "30", "-5s", "5 parsecs", "30m1h", "1h1h", "1h30", "1e3s", "1m:30s", "9" * 400 + "s", "5mm"]
)
def test_what_is_not_a_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration; write one like 30s, 15m, 1h30m or 24h"):
        parse_duration(text)
