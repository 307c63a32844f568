"""What was measured, beside what it has to be."""

from __future__ import annotations

from collections.abc import Sequence

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
