"""One look at everything: every series read, every track advanced, every word to be told decided.

Pure but for the ids it is given: the server does this every ten seconds, and a dry run does it over stored history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from gonogo.kernel.signals import STALE_S, SignalRegistry, write_series
from gonogo.observe.alerts.machine import Key, Move, Reading, Track, advance
from gonogo.observe.alerts.muting import Silence
from gonogo.observe.alerts.notifying import Decision, Message, Ways, decide
from gonogo.observe.alerts.reading import GONE_S, NO_DATA, SeriesReading, UnfitUnit, read_series
from gonogo.observe.alerts.rule import Rule

TICK_S = 10
OFFSET_S = 2
"""A look comes two seconds after the full ten, when the sample of that moment is in."""
MOST_NAMES = 50_000
Tracks = Mapping[Key, Track]
Read = Callable[[Rule, float, Mapping[str, Track]], Iterable[SeriesReading]]
"""Reads the series of a rule at an instant. It may leave out one that says "false" and has no track."""


class Moved(msgspec.Struct, frozen=True):
    """A track that moved, as it is now."""

    key: Key
    move: Move
    track: Track


class Round(msgspec.Struct, frozen=True):
    """What a look found. Of ``tracks`` the ``changed`` ones are to be kept; ``idle`` ones hold nothing any more.

    ``problems`` are the rules that can't be judged, and ``series`` how many each rule covers.
    """

    at: float
    tracks: dict[Key, Track]
    changed: set[Key]
    idle: list[Key]
    moves: list[Moved]
    decisions: list[Decision]
    messages: list[Message]
    problems: dict[str, str]
    series: dict[str, int]


class Looker:
    """Looks again and again. It remembers nothing but how series are written, which costs more than judging them."""

    def __init__(self, started_at: float) -> None:
        self._started_at = started_at
        self._names: dict[int, tuple[dict[str, str], str]] = {}

    def look(
        self,
        rules: Mapping[str, Rule],
        read: Read,
        tracks: Tracks,
        silences: Sequence[Silence],
        now: float,
        ways: Ways,
    ) -> Round:
        """Look at everything as of ``now`` (seconds since the epoch)."""
        found = Round(now, {}, set(), [], [], [], [], {}, {})
        by_rule: dict[str, dict[str, Track]] = {}
        for key, track in tracks.items():
            by_rule.setdefault(key.rule, {})[key.series] = track
        for rule in rules.values():
            if not rule.body.enabled:
                continue
            try:
                self._look_at(rule, read, by_rule.get(rule.name, {}), now, ways, found)
            except UnfitUnit as error:
                found.problems[rule.name] = str(error)
        verdict = decide(rules, {**tracks, **found.tracks}, silences, now, ways)
        found.tracks.update(verdict.tracks)
        found.changed.update(verdict.tracks)
        found.decisions.extend(verdict.decisions)
        found.messages.extend(verdict.messages)
        found.idle.extend(list_idle(rules, {**tracks, **found.tracks}.items(), now))
        return found

    def _look_at(
        self,
        rule: Rule,
        read: Read,
        known: Mapping[str, Track],
        now: float,
        ways: Ways,
        found: Round,
    ) -> None:
        unseen = set(known)
        count = 0
        for line in read(rule, now, known):
            count += 1
            if line.reading.outcome == "false" and not unseen:
                continue  # by far the most: nothing is so, and nothing was
            series = self._name(line.labels)
            track = known.get(series)
            unseen.discard(series)
            if track is None and (line.reading.outcome == "false" or line.age_s > GONE_S):
                continue
            _take(rule, Key(rule.name, series), track or Track(labels=line.labels), line.reading, now, ways, found)
        found.series[rule.name] = count
        if now - self._started_at < STALE_S:
            return  # after a start the first samples are still on their way
        for series in unseen:
            _take(rule, Key(rule.name, series), known[series], NO_DATA, now, ways, found)

    def _name(self, labels: dict[str, str]) -> str:
        known = self._names.get(id(labels))
        if known is None or known[0] is not labels:
            if len(self._names) > MOST_NAMES:
                self._names.clear()
            known = self._names[id(labels)] = (labels, write_series("", labels))
        return known[1]


def read_live(registry: SignalRegistry, rule: Rule, now: float, _known: Mapping[str, Track]) -> Iterable[SeriesReading]:
    """Every series of a rule, as a running server reads them."""
    return read_series(rule.condition, registry, now)


def list_idle(rules: Mapping[str, Rule], tracks: Iterable[tuple[Key, Track]], now: float) -> list[Key]:
    """Tracks that may be forgotten: ok, with nothing owed, and their cooldown over; or blind for a day, never fired."""
    idle = []
    for key, track in tracks:
        rule = rules.get(key.rule)
        cooled = rule is None or track.told_at is None or now - track.told_at >= rule.cooldown_s
        quiet = track.state == "ok" and not track.owed and cooled
        gone = track.state == "no_data" and not track.is_firing and now - track.since > GONE_S
        if quiet or gone:
            idle.append(key)
    return idle


def find_tick(now: float) -> int:
    """The newest instant at or before ``now`` at which a look is due."""
    return int(now - OFFSET_S) // TICK_S * TICK_S + OFFSET_S


def _take(rule: Rule, key: Key, track: Track, reading: Reading, now: float, ways: Ways, found: Round) -> None:
    after, move = advance(track, reading, now, rule.hold_s, fire_blind=rule.body.no_data == "fire")
    if after is track:
        return
    if move is not None and not (track.alert and track.state != "ok"):
        after = msgspec.structs.replace(after, alert=ways.make_id())
    found.tracks[key] = after
    if move is None:
        return
    found.changed.add(key)
    found.moves.append(Moved(key, move, after))
    if (reason := _explain_silence(track, after, move)) is not None:
        untold = Decision(key=key, alert=after.alert, kind="fired", outcome="suppressed", reason=reason)
        found.decisions.append(untold)


def _explain_silence(before: Track, after: Track, move: Move) -> str | None:
    if move == "fired" and after.told:
        return "the end of the alert before it was not told yet"
    if move == "resolved" and not before.told and not before.muted:
        return "it was over before it was told"
    return None
