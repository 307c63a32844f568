"""Levels with hysteresis: up at once, down only when the value is well below the threshold that it rose over."""

from __future__ import annotations

from typing import Literal

import msgspec

Level = Literal["healthy", "warning", "critical"]
FULL, WARNED, BROKEN = 100.0, 90.0, 40.0
"""Scores at the beginning of each level; a warning runs down to 50, a critical value to 0."""


class Limits(msgspec.Struct, frozen=True):
    """Where a share in per cent becomes a warning and critical, and how far below it has to fall to be well again."""

    warning: float
    critical: float
    margin: float


class Standing(msgspec.Struct, frozen=True):
    """Where a component stands since when (seconds since the epoch), on which value, by which limits."""

    level: Level
    since: int
    value: float
    limits: Limits


def step_level(level: Level, value: float, limits: Limits) -> Level:
    """The level after one more value. A value that trembles by less than the margin changes it once, never back."""
    if value >= limits.critical or (level == "critical" and value > limits.critical - limits.margin):
        return "critical"
    if value >= limits.warning or (level != "healthy" and value > limits.warning - limits.margin):
        return "warning"
    return "healthy"


def score_value(level: Level, value: float, limits: Limits) -> float:
    """From 100 (healthy) to 0 (at 100 %); lower for every higher value within a level."""
    if level == "healthy":
        return FULL
    if level == "warning":
        return round(WARNED - BROKEN * _share(value, limits.warning, limits.critical), 1)
    return round(BROKEN - BROKEN * _share(value, limits.critical, 100.0), 1)


def _share(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0) if high > low else 1.0
