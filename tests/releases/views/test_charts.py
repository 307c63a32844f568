"""A gate's samples beside its threshold, in the threshold's unit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gonogo.kernel.signals import SignalRegistry
from gonogo.releases.views.charts import POINTS, draw_chart

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def test_samples_are_in_the_unit_of_the_threshold() -> None:
    registry = SignalRegistry()
    registry.record("http.p95", 0.25, at=NOW - timedelta(seconds=5), unit="s")
    chart = draw_chart(registry, "http.p95 < 200ms over 1m", NOW)
    assert chart is not None
    assert (chart.values, chart.threshold, chart.unit) == ((250.0,), 200.0, "ms")
    assert chart.newest == [(NOW - timedelta(seconds=5), 250.0)]


def test_a_change_against_the_baseline_has_no_line_to_draw() -> None:
    registry = SignalRegistry()
    registry.record("process.rss", 5.0, at=NOW, unit="MB")
    chart = draw_chart(registry, "process.rss < +10% vs baseline", NOW)
    assert chart is not None
    assert (chart.threshold, chart.unit) == (None, "MB")


def test_no_samples_no_chart() -> None:
    assert draw_chart(SignalRegistry(), "http.p95 < 200ms", NOW) is None


def test_only_the_last_samples_are_drawn() -> None:
    registry = SignalRegistry()
    for second in range(POINTS + 50):
        registry.record("http.p95", float(second), at=NOW - timedelta(seconds=POINTS + 50 - second), unit="ms")
    chart = draw_chart(registry, "http.p95 < 200ms", NOW)
    assert chart is not None
    assert (len(chart.times), chart.values[-1]) == (POINTS, POINTS + 49)
