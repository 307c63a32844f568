"""One comparison held against every series it covers; the worst series speaks for all."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from gonogo.kernel.signals.coverage import find_hole
from gonogo.kernel.signals.expression import Comparison, write_series
from gonogo.kernel.signals.judgement import STALE_S, Outcome, Part, SamplePoint
from gonogo.kernel.signals.registry import SignalRegistry
from gonogo.kernel.signals.ring import Ring
from gonogo.kernel.signals.units import are_alike, convert, format_duration, get_unit, name_unit, tell_value

MAX_SAMPLES = 60
_WORST: dict[Outcome, int] = {"false": 0, "no_data": 1, "true": 2}
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": lambda left, right: math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12),
    "!=": lambda left, right: not math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12),
}
_Samples = list[tuple[float, float]]


def judge_comparison(
    comparison: Comparison, registry: SignalRegistry, now: datetime, baseline: Mapping[str, float]
) -> Part:
    """Judge one comparison on every series with its labels; see :func:`gonogo.kernel.signals.evaluate.evaluate`."""
    signal = registry.find_signal(comparison.signal)
    if signal is None:
        return _start_part(comparison, f"nobody reports {comparison.signal}")
    relative = comparison.baseline and get_unit(comparison.value.unit).dimension == "ratio"
    if not relative and not are_alike(signal.unit, comparison.value.unit):
        units = f"{name_unit(signal.unit)} cannot be compared with {name_unit(comparison.value.unit)}"
        return _start_part(comparison, f"{comparison.signal}: {units}")
    rings = registry.find_rings(comparison.signal, comparison.labels)
    if not rings:
        return _start_part(comparison, f"{write_series(comparison.signal, comparison.labels)} has no samples yet")
    found = [_Judge(comparison, labels, signal.unit, now).judge(ring, baseline) for labels, ring in rings]
    worst = min(found, key=lambda part: (_WORST[part.outcome], -_measure_risk(part)))
    return msgspec.structs.replace(worst, series_count=len(found))


def capture_series(comparison: Comparison, registry: SignalRegistry, now: datetime) -> dict[str, float]:
    """The latest fresh value of each series of a comparison, by the series' written name."""
    captured = {}
    for labels, ring in registry.find_rings(comparison.signal, comparison.labels):
        newest = ring.find_before(now.timestamp())
        if newest is not None and now.timestamp() - newest[0] <= STALE_S:
            captured[write_series(comparison.signal, labels)] = newest[1]
    return captured


class _Judge:
    """One comparison on one series."""

    def __init__(self, comparison: Comparison, labels: dict[str, str], unit: str, now: datetime) -> None:
        self.comparison = comparison
        self.labels = labels
        self.unit = unit
        self.now = now.timestamp()
        self.name = write_series(comparison.signal, labels)
        sign = "+" if comparison.baseline and comparison.value.value >= 0 else ""
        self.asked = f"{comparison.op} {sign}{comparison.value}{' vs baseline' * comparison.baseline}"

    def judge(self, ring: Ring, baseline: Mapping[str, float]) -> Part:
        newest = ring.find_before(self.now)
        if newest is None:
            return self.answer("no_data", f"{self.name} has no samples yet")
        age = self.now - newest[0]
        if age > STALE_S:
            why = f"the newest sample of {self.name} is {_tell_age(age)} old, and older than 60 s says nothing"
            return self.answer("no_data", why, age_s=age)
        if self.comparison.baseline:
            return self.judge_change(newest, age, baseline)
        window = self.comparison.over_s or self.comparison.for_s or 0.0
        raw = ring.read(math.nextafter(self.now - window, math.inf), self.now) if window else []
        samples = [(at, convert(value, self.unit, self.comparison.value.unit)) for at, value in raw or [newest]]
        hole = self.describe_hole(ring, window) if window else None
        if self.comparison.for_s is not None:
            return self.judge_hold(samples, hole, age)
        if hole is not None:
            return self.answer("no_data", hole, None, age, samples)
        return self.judge_mean(samples, age)

    def describe_hole(self, ring: Ring, window: float) -> str | None:
        """Why the samples do not cover the window; None when they do."""
        hole = find_hole(ring, self.now - window, self.now, STALE_S)
        if hole is None:
            return None
        seconds, is_gap = hole
        asked = format_duration(window)
        if is_gap:
            return f"{self.name} has a gap of {_tell_age(seconds)} within the {asked} asked for"
        return f"only {_tell_age(seconds)} of the {asked} asked for: {self.name}"

    def judge_mean(self, samples: _Samples, age: float) -> Part:
        seen = math.fsum(value for _, value in samples) / len(samples)
        outcome = self.compare(seen)
        what = f"{self.name} is"
        if self.comparison.over_s is not None:
            covered = min(self.now - samples[0][0], self.comparison.over_s)
            window = f"{_tell_age(covered)} of {format_duration(self.comparison.over_s)}"
            what = f"the mean of {len(samples)} samples of {self.name} ({window}) is"
        return self.answer(outcome, f"{what} {self.tell(seen)}, {self.hold(outcome)}", seen, age, samples)

    def judge_hold(self, samples: _Samples, hole: str | None, age: float) -> Part:
        window = format_duration(self.comparison.for_s or 0.0)
        worst = self.find_worst(samples)
        if self.compare(worst[1]) == "false":
            ago = _tell_age(self.now - worst[0])
            why = f"{self.name} was {self.tell(worst[1])} {ago} ago, not {self.asked} for {window}"
            return self.answer("false", why, worst[1], age, samples)
        if hole is not None:
            return self.answer("no_data", hole, None, age, samples)
        why = f"{self.name} stayed {self.asked} for {window} ({len(samples)} samples, worst {self.tell(worst[1])})"
        return self.answer("true", why, worst[1], age, samples)

    def judge_change(self, newest: tuple[float, float], age: float, baseline: Mapping[str, float]) -> Part:
        base = baseline.get(self.name)
        if base is None:
            return self.answer("no_data", f"no baseline of {self.name} was captured when the run began", age_s=age)
        change = self.find_change(newest[1], base)
        if change is None:
            why = f"{self.name} was 0 at the baseline, so a relative change of it means nothing"
            return self.answer("no_data", why, age_s=age, baseline=base)
        outcome = self.compare(change)
        values = f"from {tell_value(base, self.unit)} to {tell_value(newest[1], self.unit)}"
        why = f"{self.name} changed by {self.tell(change)}, {values}: {self.hold(outcome)}"
        return self.answer(outcome, why, change, age, [(newest[0], change)], baseline=base)

    def find_change(self, value: float, base: float) -> float | None:
        unit = self.comparison.value.unit
        if get_unit(unit).dimension != "ratio":
            return convert(value - base, self.unit, unit)
        if base == 0:
            return 0.0 if value == 0 else None
        return convert((value - base) / abs(base), "ratio", unit)

    def compare(self, seen: float) -> Outcome:
        return "true" if _OPERATORS[self.comparison.op](seen, self.comparison.value.value) else "false"

    def find_worst(self, samples: _Samples) -> tuple[float, float]:
        failing = next((sample for sample in reversed(samples) if self.compare(sample[1]) == "false"), None)
        if failing is not None:
            return failing
        choose = max if self.comparison.op in ("<", "<=") else min
        return choose(samples, key=lambda sample: sample[1])

    def hold(self, outcome: Outcome) -> str:
        return f"{'as asked:' if outcome == 'true' else 'not'} {self.asked}"

    def tell(self, value: float) -> str:
        return tell_value(value, self.comparison.value.unit)

    def answer(
        self,
        outcome: Outcome,
        why: str,
        value: float | None = None,
        age_s: float | None = None,
        samples: _Samples | None = None,
        *,
        baseline: float | None = None,
    ) -> Part:
        last = (samples or [])[-MAX_SAMPLES:]
        return msgspec.structs.replace(
            _start_part(self.comparison, why),
            outcome=outcome,
            series=self.labels,
            value=value,
            age_s=age_s,
            baseline=baseline,
            samples=tuple(SamplePoint(datetime.fromtimestamp(at, UTC), seen) for at, seen in last),
        )


def _start_part(comparison: Comparison, why: str) -> Part:
    window: Any = "baseline" if comparison.baseline else None
    if comparison.over_s is not None or comparison.for_s is not None:
        window = "over" if comparison.over_s is not None else "for"
    return Part(
        text=str(comparison),
        signal=comparison.signal,
        outcome="no_data",
        why=why,
        op=comparison.op,
        threshold=comparison.value.value,
        unit=comparison.value.unit,
        labels=comparison.labels,
        window=window,
        window_s=comparison.over_s if comparison.over_s is not None else comparison.for_s,
    )


def _measure_risk(part: Part) -> float:
    value = part.value or 0.0
    return -value if part.op in (">", ">=") else value


def _tell_age(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
