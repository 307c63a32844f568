"""Whether samples cover a window, so that what is said of it is said of all of it. Pure.

A window is covered when its samples span at least 90 % of it and leave no gap longer than three times their usual
interval (or a tenth of the window, where that is more), and never one longer than a sample may be old. A sample from
just before the window counts as its first, as it still holds when the window begins.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import sub

from gonogo.kernel.signals.ring import Ring

SPAN = 0.9
_USUAL_GAPS = 3.0
_RECENT = 20


def find_hole(ring: Ring, start: float, now: float, longest_s: float) -> tuple[float, bool] | None:
    """What keeps a window from being covered; None when it is.

    Either how many seconds of it are covered (False), as samples have not been taken for long enough, or the length of
    a gap within it (True). ``longest_s`` is the age up to which a sample still says something.
    """
    times, _ = ring.columns
    low, high = bisect_right(times, start), bisect_right(times, now)
    if high == 0:
        return 0.0, False
    window = now - start
    allowed = min(longest_s, max(_USUAL_GAPS * _find_usual_interval(ring, high), (1 - SPAN) * window))
    first = times[low] if low < high else now
    held = times[low - 1] if low else None
    if first - start > (1 - SPAN) * window:
        if held is None:
            return now - first, False
        if first - held > allowed:
            return first - held, True
    return _find_gap(ring, low, high, now, allowed)


def _find_gap(ring: Ring, low: int, high: int, now: float, allowed: float) -> tuple[float, bool] | None:
    inside = ring.columns[0][low:high]
    gap = max(map(sub, inside[1:], inside), default=0.0)
    gap = max(gap, now - inside[-1]) if inside else gap
    return (gap, True) if gap > allowed else None


def _find_usual_interval(ring: Ring, high: int) -> float:
    """The median interval of the newest samples; 0 when there is only one."""
    recent = ring.columns[0][max(0, high - _RECENT) : high]
    intervals = sorted(map(sub, recent[1:], recent))
    return intervals[len(intervals) // 2] if intervals else 0.0
