"""The last samples of a gate's signal beside its threshold, as a chart wants them. Pure, given the registry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from gonogo.kernel.signals import Comparison, SignalRegistry, convert, list_comparisons, parse_expression, write_series

POINTS = 240
TABLED = 30
LEAST = timedelta(minutes=10)


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """One series: ``times`` in seconds since the epoch, ``values`` and ``threshold`` in ``unit``."""

    label: str
    unit: str
    threshold: float | None
    times: tuple[int, ...]
    values: tuple[float, ...]

    @property
    def json(self) -> str:
        """The chart as JSON, for an attribute."""
        return msgspec.json.encode(self).decode()

    @property
    def newest(self) -> list[tuple[datetime, float]]:
        """The last samples, newest first, for who reads a table."""
        pairs = zip(self.times[-TABLED:], self.values[-TABLED:], strict=True)
        return [(datetime.fromtimestamp(moment, UTC), value) for moment, value in reversed(list(pairs))]


def draw_chart(registry: SignalRegistry, expression: str, now: datetime) -> Chart | None:
    """The chart of an expression's first comparison; None for a signal without samples."""
    comparison = next(list_comparisons(parse_expression(expression)))
    signal = registry.find_signal(comparison.signal)
    since = now - max(LEAST, timedelta(seconds=3 * (comparison.over_s or comparison.for_s or 0.0)))
    series = registry.find_samples(comparison.signal, comparison.labels, since)
    samples = series[0].samples[-POINTS:] if series else []
    if signal is None or not samples:
        return None
    unit = signal.unit if comparison.baseline else comparison.value.unit
    return Chart(
        label=write_series(comparison.signal, comparison.labels),
        unit=unit,
        threshold=_find_threshold(comparison),
        times=tuple(int(moment) for moment, _ in samples),
        values=tuple(round(convert(value, signal.unit, unit), 4) for _, value in samples),
    )


def _find_threshold(comparison: Comparison) -> float | None:
    return None if comparison.baseline else comparison.value.value
