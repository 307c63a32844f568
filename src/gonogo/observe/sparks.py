"""A sparkline as the path of an SVG: the last quarter of an hour of one number, gaps kept."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import groupby

WIDTH, HEIGHT = 120, 28


def draw_spark(values: Iterable[float], ceiling: float = 100.0) -> str:
    """Lines through the values from 0 to ``ceiling``, the newest at the right edge; empty without two neighbours."""
    every = list(values)
    step = WIDTH / max(len(every) - 1, 1)
    points = [(round(place * step, 1), _rise(value, ceiling)) for place, value in enumerate(every)]
    runs = (list(run) for known, run in groupby(points, key=lambda point: point[1] is not None) if known)
    return "".join(f"M{'L'.join(f'{x:g} {y:g}' for x, y in run)}" for run in runs if len(run) > 1)


def _rise(value: float, ceiling: float) -> float | None:
    if math.isnan(value):
        return None
    share = min(max(value / ceiling, 0.0), 1.0)
    return round(HEIGHT - 1 - share * (HEIGHT - 2), 1)
