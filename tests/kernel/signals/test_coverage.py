"""When samples cover a window, and what keeps them from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.kernel.signals.coverage import find_hole
from gonogo.kernel.signals.ring import Ring

NOW = 10_000.0


def make_ring(*ages: float) -> Ring:
    ring = Ring(1000)
    for age in ages:
        ring.add(NOW - age, 1.0)
    return ring


def every(step: float, oldest: float, newest: float = 0.0) -> list[float]:
    return [newest + step * number for number in range(int((oldest - newest) / step) + 1)]


@pytest.mark.parametrize(
    ("ages", "window", "hole"),
    [
        (every(5, 600), 600, None),
        (every(5, 545), 600, None),
        (every(5, 500), 600, (500.0, False)),
        ([1.0], 600, (1.0, False)),
        ([], 600, (0.0, False)),
        (every(5, 700), 60, None),
        ([*every(5, 200), *every(5, 600, 290)], 600, (90.0, True)),
        ([*every(5, 200), *every(5, 600, 250)], 600, None),
        ([*every(5, 20), *every(5, 60, 45)], 60, (25.0, True)),
        (every(5, 600, 40), 60, (40.0, True)),
        (every(30, 600), 120, None),
        ([20.0, 70.0], 5, None),
        ([20.0], 5, (20.0, True)),
        ([*every(5, 10), 300.0], 60, (290.0, True)),
    ],
)
def test_holes(ages: list[float], window: float, hole: tuple[float, bool] | None) -> None:
    assert find_hole(make_ring(*ages), NOW - window, NOW, 60.0) == hole


@given(st.lists(st.floats(0, 900), max_size=60), st.floats(1, 900))
def test_more_samples_at_the_usual_pace_close_every_hole(ages: list[float], window: float) -> None:
    ring = make_ring(*ages, *every(1.0, 960))
    assert find_hole(ring, NOW - window, NOW, 60.0) is None


@given(st.lists(st.floats(0, 900), max_size=60), st.floats(1, 900))
def test_a_covered_window_has_a_sample_that_still_says_something(ages: list[float], window: float) -> None:
    if find_hole(make_ring(*ages), NOW - window, NOW, 60.0) is None:
        assert min(ages) <= 60.0
        assert max(ages) >= 0.9 * window - 60.0
