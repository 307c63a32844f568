from __future__ import annotations

import pytest

from gonogo.cli import values


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0:00"), (7.9, "0:07"), (750, "12:30"), (3723, "1:02:03"), (-3, "0:00"), (262923, "3d 1:02:03")],
)
def test_spans_read_like_a_clock(seconds: float, told: str) -> None:
    assert values.write_span(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.0402, "40 ms"), (1.24, "1.2 s"), (185, "3 min 5 s"), (270_022, "3 d 3 h")]
)
def test_what_something_took(seconds: float, told: str) -> None:
    assert values.write_took(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(5, "5 s"), (60, "1 min"), (90, "1 min 30 s"), (900, "15 min"), (3600, "1 h"), (86400, "24 h"), (604800, "7 d")],
)
def test_planned_lengths_use_the_largest_whole_unit(seconds: float, told: str) -> None:
    assert values.write_long(seconds) == told


@pytest.mark.parametrize(
    ("value", "unit", "told"), [(97_170_000, "B", "97.17MB"), (512, "B", "512B"), (38.2, "ms", "38.2ms"), (2, "", "2")]
)
def test_values_carry_their_unit(value: float, unit: str, told: str) -> None:
    assert values.write_value(value, unit) == told


@pytest.mark.parametrize(
    ("seconds", "told"), [(3.7, "3 s ago"), (125, "2 min ago"), (7300, "2 h ago"), (2e5, "2 d ago")]
)
def test_ages(seconds: float, told: str) -> None:
    assert values.write_age(seconds) == told
