"""Every series of a condition held against it, as the kernel's expressions do, but each series for itself."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from gonogo.kernel.signals import STALE_S, AllOf, Comparison, Expression, SignalRegistry, list_comparisons
from gonogo.kernel.signals.coverage import find_hole
from gonogo.kernel.signals.judgement import Outcome
from gonogo.kernel.signals.ring import Ring
from gonogo.kernel.signals.units import are_alike, get_unit, name_unit
from gonogo.observe.alerts.machine import Reading

GONE_S = 86_400.0
"""Age of its newest sample at which a series that did not fire is forgotten."""
NO_DATA = Reading("no_data")
Labels = dict[str, str]


class SeriesReading(NamedTuple):
    """One series' labels, what it says, and the age of its newest sample in seconds."""

    labels: Labels
    reading: Reading
    age_s: float


class UnfitUnit(ValueError):
    """The threshold measures something else than its signal."""


class Test(NamedTuple):
    """One comparison made ready: a sample times ``top`` over ``bottom`` is in the threshold's unit."""

    holds: Callable[[float, float], bool]
    threshold: float
    top: float
    bottom: float
    over_s: float | None

    def judge(self, ring: Ring, now: float) -> tuple[Reading, float]:
        """What a series says at ``now``, and the age of its newest sample."""
        newest = ring.find_before(now)
        if newest is None:
            return NO_DATA, math.inf
        age = now - newest[0]
        if age > STALE_S:
            return NO_DATA, age
        if self.over_s is not None and find_hole(ring, now - self.over_s, now, STALE_S) is not None:
            return NO_DATA, age
        value = self.convert(newest[1] if self.over_s is None else self._find_mean(ring, newest, now))
        return Reading("true" if self.holds(value, self.threshold) else "false", value), age

    def convert(self, value: float) -> float:
        """A value of the signal in the threshold's unit."""
        return value if self.top == self.bottom else value * self.top / self.bottom

    def _find_mean(self, ring: Ring, newest: tuple[float, float], now: float) -> float:
        samples = ring.read(math.nextafter(now - (self.over_s or 0.0), math.inf), now) or [newest]
        return math.fsum(value for _, value in samples) / len(samples)


_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": lambda left, right: math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12),
    "!=": lambda left, right: not math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12),
}
Rings = list[tuple[Labels, Ring]]


def read_series(condition: Expression, registry: SignalRegistry, now: float) -> Iterator[SeriesReading]:
    """Read every series of a condition at ``now`` (seconds since the epoch). Raises ``UnfitUnit``.

    Where several comparisons are joined, the one whose series carry most labels names the alerts; of the others,
    each takes the series that agree in the labels they share.
    """
    if isinstance(condition, Comparison):
        yield from _read_plain(condition, registry, now)
    else:
        yield from _read_joined(condition, registry, now)


def _read_plain(comparison: Comparison, registry: SignalRegistry, now: float) -> Iterator[SeriesReading]:
    test = make_test(comparison, registry)
    if test is None:
        return
    for labels, ring in registry.find_rings(comparison.signal, comparison.labels):
        reading, age = test.judge(ring, now)
        yield SeriesReading(labels, reading, age)


def make_test(comparison: Comparison, registry: SignalRegistry) -> Test | None:
    """The comparison made ready; None when nobody declared its signal. Raises ``UnfitUnit``."""
    signal = registry.find_signal(comparison.signal)
    if signal is None:
        return None
    if not are_alike(signal.unit, comparison.value.unit):
        raise UnfitUnit(
            f"{comparison.signal} is measured in {name_unit(signal.unit)}, "
            f"the threshold in {name_unit(comparison.value.unit)}"
        )
    top, bottom = get_unit(signal.unit).factor, get_unit(comparison.value.unit).factor
    return Test(_OPERATORS[comparison.op], comparison.value.value, top, bottom, comparison.over_s)


def _read_joined(condition: Expression, registry: SignalRegistry, now: float) -> Iterator[SeriesReading]:
    found = {
        id(comparison): (make_test(comparison, registry), registry.find_rings(comparison.signal, comparison.labels))
        for comparison in list_comparisons(condition)
    }
    widest: Rings = max((rings for _, rings in found.values()), key=_count_labels)
    for labels, _ in widest:
        judged = {known: _judge_fitting(test, rings, labels, now) for known, (test, rings) in found.items()}
        values = [reading.value for reading, _ in judged.values() if reading.value is not None]
        outcome = _judge_tree(condition, {known: reading.outcome for known, (reading, _) in judged.items()})
        yield SeriesReading(
            labels, Reading(outcome, values[0] if values else None), min(age for _, age in judged.values())
        )


def _judge_tree(condition: Expression, judged: Mapping[int, Outcome]) -> Outcome:
    if isinstance(condition, Comparison):
        return judged[id(condition)]
    outcomes = [_judge_tree(part, judged) for part in condition.parts]
    decisive: Outcome = "false" if isinstance(condition, AllOf) else "true"
    if decisive in outcomes:
        return decisive
    return "no_data" if "no_data" in outcomes else ("true" if decisive == "false" else "false")


def _judge_fitting(test: Test | None, rings: Rings, labels: Labels, now: float) -> tuple[Reading, float]:
    fitting = [ring for own, ring in rings if all(labels.get(name, value) == value for name, value in own.items())]
    if test is None or not fitting:
        return NO_DATA, math.inf
    judged = [test.judge(ring, now) for ring in fitting]
    # An alert looks for trouble: one series that shows it is enough.
    return next((pair for pair in judged if pair[0].outcome == "true"), judged[0])


def _count_labels(rings: Rings) -> int:
    return max((len(labels) for labels, _ in rings), default=-1)
