"""What was measured, beside what it has to be."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the summary. ``value`` and ``limit`` are in ``unit``; ``passed`` is None when it was not measured."""

    name: str
    value: float | None
    limit: float
    unit: str
    is_least: bool = False
    note: str = ""
    reference: str = ""

    @property
    def passed(self) -> bool | None:
        """Whether the target is met."""
        if self.value is None:
            return None
        return self.value >= self.limit if self.is_least else self.value < self.limit

    @property
    def target(self) -> str:
        """The target in words."""
        return f"{'≥' if self.is_least else '<'} {write_number(self.limit)} {self.unit}".strip()

    @property
    def measured(self) -> str:
        """The value with its unit."""
        return "not measured" if self.value is None else f"{write_number(self.value)} {self.unit}".strip()


class Tally:
    """Very many times, counted by tenths of a millisecond: hours of them take no more room than minutes."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def __bool__(self) -> bool:
        return bool(self._counts)

    def add(self, seconds: Iterable[float]) -> None:
        """Count these."""
        self._counts.update(round(each * 10_000) for each in seconds)

    def find_quantile(self, q: float) -> float:
        """The seconds below which a share ``q`` of all lies."""
        place = min(self._counts.total() - 1, int(self._counts.total() * q))
        ordered = sorted(self._counts)
        passed = list(accumulate(self._counts[tenths] for tenths in ordered))
        return ordered[bisect_right(passed, place)] / 10_000


def find_quantile(values: Sequence[float], q: float) -> float:
    """The value below which a share ``q`` of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * q))]


def tell_times(seconds: Sequence[float]) -> str:
    """The usual quantiles in milliseconds."""
    p50, p99 = (find_quantile(seconds, q) * 1000 for q in (0.5, 0.99))
    return f"p50 {p50:.2f}, p99 {p99:.2f}, most {max(seconds) * 1000:.2f} ms of {len(seconds):,}"


def write_number(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
