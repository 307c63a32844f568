"""A metric's course, thinned to what a chart can show: mean, smallest and largest of every point."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from gonogo.observe.metrics import Metric
from gonogo.observe.rollup import Cell
from gonogo.observe.tiers import Tier

MOST_POINTS = 5000


class History(msgspec.Struct, frozen=True, kw_only=True):
    """Columns as charts want them: ``times`` in seconds since the epoch; a point without samples is null."""

    host: str
    metric: str
    unit: str
    tier: str
    step_s: int
    times: list[int]
    avg: list[float | None]
    min: list[float | None]
    max: list[float | None]


def thin_cells(
    host: str,
    metric: Metric,
    tier: Tier,
    start: int,
    end: int,
    points: int,
    cells: Iterable[tuple[int, Cell]],
) -> History:
    """Gather cells (with their instants) into at most ``points`` points between ``start`` and ``end``."""
    step = _choose_step(tier, end - start, points)
    first = start - start % step
    count = max(1, -(-(end - first) // step))
    counts, totals = [0] * count, [0] * count
    lows: list[int | None] = [None] * count
    highs: list[int | None] = [None] * count
    for at, (samples, total, low, high) in cells:
        place = (at - first) // step
        if not 0 <= place < count:
            continue
        counts[place] += samples
        totals[place] += total
        known_low, known_high = lows[place], highs[place]
        lows[place] = low if known_low is None or low < known_low else known_low
        highs[place] = high if known_high is None or high > known_high else known_high
    return History(
        host=host,
        metric=metric.name,
        unit=metric.unit,
        tier=tier.name,
        step_s=step,
        times=[first + place * step for place in range(count)],
        avg=[
            metric.restore(total / samples) if samples else None for samples, total in zip(counts, totals, strict=True)
        ],
        min=[None if low is None else metric.restore(low) for low in lows],
        max=[None if high is None else metric.restore(high) for high in highs],
    )


def _choose_step(tier: Tier, span: int, points: int) -> int:
    # One point is spared for the first one, which begins before the span when that is not aligned.
    wanted = span / max(points - 1, 1)
    return tier.step_s * max(1, -int(-wanted // tier.step_s))
