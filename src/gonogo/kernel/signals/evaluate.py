"""Expressions held against the samples of a registry. Pure: time comes in, nothing is pulled, nothing waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from gonogo.kernel.signals.comparing import capture_series, judge_comparison
from gonogo.kernel.signals.expression import AllOf, Comparison, Expression, list_comparisons
from gonogo.kernel.signals.judgement import Judgement, Outcome, Part
from gonogo.kernel.signals.registry import SignalRegistry
from gonogo.kernel.signals.units import UnitMismatch, are_alike, get_unit, name_unit


def evaluate(
    expression: Expression, registry: SignalRegistry, now: datetime, baseline: Mapping[str, float] | None = None
) -> Judgement:
    """Judge an expression on the samples taken up to ``now``.

    Without a window the latest sample counts, ``over`` takes the window's mean, ``for`` wants every sample of it.
    A window that its samples do not cover (see ``coverage.py``) and a newest sample older than 60 s are no data; only
    what ``for`` asks of every sample is known to be false by one. No data never passes and never fails, and and/or
    follow three-valued logic. ``baseline`` is what :func:`capture_baseline` gave.
    """
    parts: list[Part] = []
    outcome = _judge(expression, registry, now, baseline or {}, parts)
    deciding = [part.why for part in parts if part.outcome == outcome] or [part.why for part in parts]
    return Judgement(outcome=outcome, why="; ".join(deciding), at=now, parts=tuple(parts))


def check_units(expression: Expression, registry: SignalRegistry) -> None:
    """Raise :class:`UnitMismatch` when a threshold's unit is unlike that of its declared signal."""
    for comparison in list_comparisons(expression):
        signal = registry.find_signal(comparison.signal)
        unit = comparison.value.unit
        relative = comparison.baseline and get_unit(unit).dimension == "ratio"
        if signal is not None and not relative and not are_alike(signal.unit, unit):
            raise UnitMismatch(
                f"{comparison}: {comparison.signal} is measured in {name_unit(signal.unit)}, "
                f"the threshold in {name_unit(unit)}; give the threshold in {name_unit(signal.unit)}"
            )


def capture_baseline(expression: Expression, registry: SignalRegistry, now: datetime) -> dict[str, float]:
    """Take the latest fresh value of every series a ``vs baseline`` asks about, in the signal's unit.

    Keys are series as written in expressions (``process.rss{service=web}``). A series without data is left out.
    """
    captured: dict[str, float] = {}
    for comparison in list_comparisons(expression):
        if comparison.baseline:
            captured.update(capture_series(comparison, registry, now))
    return captured


def _judge(
    expression: Expression, registry: SignalRegistry, now: datetime, baseline: Mapping[str, float], parts: list[Part]
) -> Outcome:
    if isinstance(expression, Comparison):
        part = judge_comparison(expression, registry, now, baseline)
        parts.append(part)
        return part.outcome
    outcomes = [_judge(part, registry, now, baseline, parts) for part in expression.parts]
    decisive: Outcome = "false" if isinstance(expression, AllOf) else "true"
    if decisive in outcomes:
        return decisive
    return "no_data" if "no_data" in outcomes else ("true" if decisive == "false" else "false")
