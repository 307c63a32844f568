"""A dry run: the same looks, at the same instants, over what was stored. Nothing is written and nobody is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from math import inf

import msgspec

from gonogo.kernel.signals import SignalRegistry, list_comparisons
from gonogo.observe.alerts.machine import Key, Track
from gonogo.observe.alerts.muting import Silence
from gonogo.observe.alerts.notice import tell_instant
from gonogo.observe.alerts.notifying import Ways, find_due
from gonogo.observe.alerts.reading import GONE_S
from gonogo.observe.alerts.round import TICK_S, Looker, Round, find_tick
from gonogo.observe.alerts.rule import SEVERITIES, Rule
from gonogo.observe.alerts.stretch import Stretch

MOST_LINES = 1000
"""Episodes and decisions that are told one by one; all of them are counted."""


class Episode(msgspec.Struct, kw_only=True):
    """One alert that would have fired. ``resolved_at`` is None when it still would."""

    series: str
    fired_at: str
    value: float | None
    resolved_at: str | None = None


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One decision that would have been made."""

    at: str
    series: str
    kind: str
    outcome: str
    reason: str


class DryRun(msgspec.Struct, kw_only=True):
    """What a rule would have done between two instants. ``covered`` says from when on each signal was stored.

    ``told`` counts notifications, ``counts`` decisions by outcome and, of those suppressed, by the reason's first word.
    """

    rule: str
    condition: str
    since: str
    until: str
    looks: int = 0
    fired: int = 0
    told: int = 0
    counts: dict[str, int] = {}
    episodes: list[Episode] = []
    decisions: list[Said] = []
    covered: dict[str, str | None] = {}
    notes: list[str] = []


class Replay:
    """Replays one rule, with those beside it that could mute it, piece by piece."""

    def __init__(
        self, rule: Rule, rules: Mapping[str, Rule], silences: Sequence[Silence], channels: Sequence[str]
    ) -> None:
        self.rules = {one.name: one for one in rules.values() if one.name == rule.name or could_mute(one, rule)}
        self.result = DryRun(rule=rule.name, condition=rule.asked, since="", until="")
        self._rule = rule
        self._silences = silences
        self._tracks: dict[Key, Track] = {}
        self._due = inf
        self._looker = Looker(0.0)
        self._open: dict[str, Episode] = {}
        numbers = count(1)
        make_id: Callable[[], str] = lambda: str(next(numbers))  # noqa: E731
        self._ways = Ways(tuple(channels) or ("dry run",), make_id)

    def run(self, registry: SignalRegistry, start: float, end: float) -> None:
        """Make every look after ``start``, up to ``end`` (seconds since the epoch), that could change something."""
        ticks = range(find_tick(start) + TICK_S, int(end) + 1, TICK_S)
        stretch = Stretch(self.rules, registry, ticks)
        self.result.looks += len(ticks)
        for at in ticks:
            if at >= self._due or stretch.turns(at):
                self.look(stretch, at)

    def look(self, stretch: Stretch, at: float) -> None:
        """Look once."""
        found = self._looker.look(self.rules, stretch.read, self._tracks, self._silences, at, self._ways)
        self._tracks.update(found.tracks)
        for key in found.idle:
            self._tracks.pop(key, None)
        steps = (find_step(self.rules[key.rule], track, at) for key, track in self._tracks.items())
        self._due = min(steps, default=inf)
        self._note(found)

    def _note(self, found: Round) -> None:
        at, result = tell_instant(found.at), self.result
        for moved in found.moves:
            if moved.key.rule != self._rule.name:
                continue
            if moved.move == "fired":
                result.fired += 1
                self._open[moved.key.series] = Episode(series=moved.key.series, fired_at=at, value=moved.track.value)
                if len(result.episodes) < MOST_LINES:
                    result.episodes.append(self._open[moved.key.series])
            elif moved.move == "resolved":
                self._open.pop(moved.key.series).resolved_at = at
        for decision in found.decisions:
            if decision.key.rule != self._rule.name:
                continue
            cause = decision.reason.partition(" ")[0].strip(":") if decision.outcome == "suppressed" else ""
            name = f"suppressed: {cause}" if cause else decision.outcome
            result.counts[name] = result.counts.get(name, 0) + 1
            result.told += decision.outcome == "queued"
            if len(result.decisions) < MOST_LINES:
                series, kind, outcome, reason = decision.key.series, decision.kind, decision.outcome, decision.reason
                result.decisions.append(Said(at=at, series=series, kind=kind, outcome=outcome, reason=reason))


def find_step(rule: Rule, track: Track, now: float) -> float:
    """The earliest instant at which time alone may change something of a track, while its series says the same."""
    if find_due(rule, track, now) is not None:
        return now  # it waits for a channel, its group, or the end of what mutes it
    if track.is_firing:
        return (track.told_at or 0.0) + rule.reminder_s if rule.reminder_s > 0 else inf
    if track.state == "pending":
        return (track.true_since or 0.0) + rule.hold_s
    if track.state == "no_data":
        return track.since + min(GONE_S, rule.hold_s if rule.body.no_data == "fire" else GONE_S)
    return inf  # well, with nothing owed: to be forgotten later is the same


def could_mute(other: Rule, rule: Rule) -> bool:
    """Whether an alert of ``other`` may keep one of ``rule`` from being told."""
    if not other.body.enabled or other.name == rule.name:
        return False
    louder = other.severity == "critical" and SEVERITIES.index(rule.severity) < SEVERITIES.index("critical")
    return bool(other.body.mutes) or (louder and other.first.signal == rule.first.signal)


def list_signals(rules: Mapping[str, Rule]) -> list[str]:
    """Every signal that the rules ask for."""
    return sorted({one.signal for rule in rules.values() for one in list_comparisons(rule.condition)})


def find_lookback(rules: Mapping[str, Rule]) -> float:
    """How many seconds before a look its samples begin."""
    return max((one.over_s or 0.0 for rule in rules.values() for one in list_comparisons(rule.condition)), default=0.0)


def copy_live(source: SignalRegistry, target: SignalRegistry, name: str) -> float | None:
    """Take over what is in memory of a signal that is stored nowhere; gives from when on."""
    signal = source.find_signal(name)
    if signal is None:
        return None
    target.declare(signal)
    first = None
    for series in source.find_samples(name):
        for at, value in series.samples:
            target.record(name, value, series.labels, at=datetime.fromtimestamp(at, UTC))
            first = at if first is None else min(first, at)
    return first
