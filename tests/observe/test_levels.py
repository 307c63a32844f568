"""Hysteresis: a value that trembles at a threshold never flaps."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gonogo.observe.levels import Level, Limits, score_value, step_level

LIMITS = Limits(80.0, 90.0, 2.0)
LEVELS: tuple[Level, ...] = ("healthy", "warning", "critical")
SHARES = st.floats(0, 100)


def walk(values: list[float], limits: Limits = LIMITS, level: Level = "healthy") -> list[Level]:
    """The level after each value."""
    found = []
    for value in values:
        level = step_level(level, value, limits)
        found.append(level)
    return found


@st.composite
def draw_trembling(draw: st.DrawFn) -> tuple[Limits, list[float]]:
    margin = draw(st.floats(0.5, 10))
    warning = draw(st.floats(10, 70))
    critical = draw(st.floats(warning + margin, 95))
    low = draw(st.floats(0, 95))
    spread = draw(st.floats(0, margin * 0.99))
    values = draw(st.lists(st.floats(low, min(low + spread, 100)), min_size=2, max_size=60))
    return Limits(warning, critical, margin), values


@given(draw_trembling(), st.sampled_from(LEVELS))
def test_a_trembling_value_changes_the_level_once_and_never_back(
    trembling: tuple[Limits, list[float]], level: Level
) -> None:
    limits, values = trembling
    found = walk(values, limits, level)
    assert sum(before != after for before, after in pairwise(found)) <= 1


@given(st.lists(SHARES, max_size=60))
def test_a_level_is_never_below_what_the_value_alone_says(values: list[float]) -> None:
    for value, level in zip(values, walk(values), strict=True):
        assert LEVELS.index(level) >= LEVELS.index(step_level("healthy", value, LIMITS))


@given(st.lists(SHARES, max_size=30))
def test_well_below_everything_is_healthy_whatever_came_before(values: list[float]) -> None:
    assert walk([*values, LIMITS.warning - LIMITS.margin])[-1] == "healthy"


def test_up_at_once_and_down_only_well_below() -> None:
    course = [79.9, 80.0, 79.0, 78.1, 78.0, 90.0, 88.1, 88.0, 100.0, 10.0]
    told = ["healthy", "warning", "warning", "warning", "healthy"]
    assert walk(course) == [*told, "critical", "critical", "warning", "critical", "healthy"]


def test_without_hysteresis_the_same_course_would_flap() -> None:
    course = [80.1, 79.9] * 10
    bare = walk(course, Limits(80.0, 90.0, 0.0))
    assert sum(before != after for before, after in pairwise(bare)) == 19
    assert set(walk(course)) == {"warning"}


@given(st.floats(80, 100), st.floats(80, 100))
def test_a_higher_value_never_scores_better(one: float, other: float) -> None:
    low, high = sorted((one, other))
    scores = [score_value(step_level("healthy", value, LIMITS), value, LIMITS) for value in (low, high)]
    assert scores[0] >= scores[1]
    assert all(0 <= score < 100 for score in scores)


def test_scores_say_the_level_by_themselves() -> None:
    assert score_value("healthy", 79.0, LIMITS) == 100.0
    assert (score_value("warning", 80.0, LIMITS), score_value("warning", 90.0, LIMITS)) == (90.0, 50.0)
    assert score_value("warning", 78.5, LIMITS) == 90.0, "held back by the margin, it is still a warning"
    assert (score_value("critical", 90.0, LIMITS), score_value("critical", 100.0, LIMITS)) == (40.0, 0.0)
    assert score_value("critical", 100.0, Limits(100.0, 100.0, 2.0)) == 0.0
