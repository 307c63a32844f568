"""Looks over stored samples, all known beforehand: at most instants most series say "false", and need no reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from math import inf, nextafter
from operator import sub

from gonogo.kernel.signals import STALE_S, Comparison, SignalRegistry, write_series
from gonogo.kernel.signals.ring import Ring
from gonogo.observe.alerts.machine import Reading, Track
from gonogo.observe.alerts.reading import Labels, SeriesReading, Test, UnfitUnit, make_test, read_series
from gonogo.observe.alerts.rule import Rule

FALSE = Reading("false")


class _Plan:
    """One rule with one comparison: its series, when which of them is loud, and the ticks at which one turns."""

    def __init__(self, test: Test, rings: Mapping[str, tuple[Labels, Ring]], ticks: range) -> None:
        self.test = test
        self.rings = rings
        self.turns: set[int] = set()
        self.loud: dict[int, list[str]] = defaultdict(list)
        for series, (_, ring) in rings.items():
            for span in list_loud(test, ring, ticks):
                # A mean is found only by reading it: whenever it may be loud, it may have turned.
                self.turns.update(span[:1] if test.over_s is None else span, (ticks.step + at for at in span[-1:]))
                for at in span:
                    self.loud[at].append(series)

    def read(self, known: Mapping[str, Track], now: float) -> Iterator[SeriesReading]:
        loud = self.loud.get(int(now), ())
        for series in dict.fromkeys((*loud, *known)):
            if series not in self.rings:
                continue
            labels, ring = self.rings[series]
            if series not in loud and known[series].state == "ok":
                yield SeriesReading(labels, FALSE, 0.0)  # nothing is so, and nothing was: its value moves nothing
            else:
                yield SeriesReading(labels, *self.test.judge(ring, now))


class Stretch:
    """Rules over the samples of a registry, at every tick of a stretch."""

    def __init__(self, rules: Mapping[str, Rule], registry: SignalRegistry, ticks: range) -> None:
        self._registry = registry
        self._first = ticks.start
        self._plans = {name: _plan(rule, registry, ticks) for name, rule in rules.items() if rule.body.enabled}

    def turns(self, at: int) -> bool:
        """Whether any series may say something else at this tick than at the tick before."""
        return at == self._first or any(plan is None or at in plan.turns for plan in self._plans.values())

    def read(self, rule: Rule, now: float, known: Mapping[str, Track]) -> Iterable[SeriesReading]:
        """What a look would read, but for series that say "false" and have no track. Raises ``UnfitUnit``."""
        plan = self._plans[rule.name]
        return read_series(rule.condition, self._registry, now) if plan is None else plan.read(known, now)


def list_loud(test: Test, ring: Ring, ticks: range) -> Iterator[range]:
    """Runs of ticks at which a series says the same, other than "false"; some may be loud twice.

    A mean over a while is not known beforehand: all ticks are such a run.
    """
    times, values = ring.columns
    if test.over_s is not None or not times:
        yield ticks
        return
    yield _between(ticks, -inf, times[0])
    yield _between(ticks, _find_stale(times[-1]), inf)
    if max(map(sub, times[1:], times), default=0.0) > STALE_S:
        for at, following in pairwise(times):
            if following - at > STALE_S:
                yield _between(ticks, _find_stale(at), following)
    # Values are kept in quanta: there are far fewer of them than samples.
    loud = {value for value in set(values) if test.holds(test.convert(value), test.threshold)}
    if loud:
        for begin, end in _find_runs([value in loud for value in values]):
            yield _between(ticks, times[begin], times[end] if end < len(times) else inf)


def _find_stale(at: float) -> float:
    return nextafter(at + STALE_S, inf)


def _find_runs(flags: list[bool]) -> Iterator[tuple[int, int]]:
    place = 0
    while True:
        try:
            begin = flags.index(True, place)
        except ValueError:
            return
        try:
            place = flags.index(False, begin)
        except ValueError:
            place = len(flags)
        yield begin, place


def _between(ticks: range, start: float, end: float) -> range:
    """The ticks from ``start`` until before ``end``."""
    low = 0 if start <= ticks.start else min(len(ticks), -int((ticks.start - start) // ticks.step))
    high = len(ticks) if end >= ticks.stop else max(0, -int((ticks.start - end) // ticks.step))
    return ticks[low:high]


def _plan(rule: Rule, registry: SignalRegistry, ticks: range) -> _Plan | None:
    condition = rule.condition
    if not isinstance(condition, Comparison):
        return None
    try:
        test = make_test(condition, registry)
    except UnfitUnit:
        return None
    if test is None:
        return None
    rings = registry.find_rings(condition.signal, condition.labels)
    return _Plan(test, {write_series("", labels): (labels, ring) for labels, ring in rings}, ticks)
