"""What an expression turned out to be, with everything needed to see why."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Outcome = Literal["true", "false", "no_data"]

STALE_S = 60.0
"""Age from which the newest sample of a series says nothing any more."""


class SamplePoint(msgspec.Struct, frozen=True):
    """One sample, in the unit of its part."""

    at: datetime
    value: float


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison's share. Values are in ``unit``; with a baseline they are changes.

    ``series`` holds the labels of the series that decided (the worst of ``series_count``); ages are seconds.
    """

    text: str
    signal: str
    outcome: Outcome
    why: str
    op: str
    threshold: float
    unit: str
    labels: dict[str, str] = {}
    series: dict[str, str] = {}
    series_count: int = 0
    window: Literal["over", "for", "baseline"] | None = None
    window_s: float | None = None
    value: float | None = None
    baseline: float | None = None
    age_s: float | None = None
    samples: tuple[SamplePoint, ...] = ()


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """``outcome`` is three-valued: without data it is neither true nor false. ``why`` is one sentence."""

    outcome: Outcome
    why: str
    at: datetime
    parts: tuple[Part, ...]


def is_fresh(judgement: Judgement) -> bool:
    """Whether every series that was asked about is being measured, even if not for as long as its window."""
    return all(part.age_s is not None and part.age_s <= STALE_S for part in judgement.parts)
