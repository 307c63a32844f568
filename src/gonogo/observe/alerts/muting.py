"""What keeps an alert from being told: silences by people, and alerts that say the same thing louder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

import msgspec

from gonogo.observe.alerts.machine import Key, Track
from gonogo.observe.alerts.rule import SEVERITIES, Rule


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """No word of alerts whose labels match, from ``starts_at`` until ``ends_at`` (seconds since the epoch).

    Matchers are label → text, with ``*`` for any part of it; ``rule`` and ``severity`` count as labels.
    """

    id: str
    matchers: dict[str, str]
    starts_at: float
    ends_at: float
    created_by: str
    reason: str

    def covers(self, labels: Mapping[str, str], now: float) -> bool:
        """Whether it is in force and every matcher fits."""
        if not self.starts_at <= now < self.ends_at:
            return False
        return all(fnmatchcase(labels.get(name, ""), wanted) for name, wanted in self.matchers.items())


class Inhibitors:
    """The alerts that fire now, found by what they mute."""

    def __init__(self, rules: Mapping[str, Rule], tracks: Iterable[tuple[Key, Track]]) -> None:
        self._critical: dict[tuple[str, str], str] = {}
        self._shared: dict[tuple[str, str], str] = {}
        for key, track in tracks:
            rule = rules.get(key.rule)
            if rule is None or not track.is_firing:
                continue
            if rule.severity == "critical":
                self._critical.setdefault((rule.first.signal, key.series), key.rule)
            for label in rule.body.mutes:
                if value := track.labels.get(label):
                    self._shared.setdefault((label, value), key.rule)

    def find(self, rule: Rule, key: Key, track: Track) -> str | None:
        """The rule whose alert says it louder: critical on the same series, or one that mutes by a shared label."""
        for pair in track.labels.items():
            source = self._shared.get(pair)
            if source is not None and source != rule.name:
                return source
        if SEVERITIES.index(rule.severity) < SEVERITIES.index("critical"):
            return self._critical.get((rule.first.signal, key.series))
        return None


def describe_labels(rule: Rule, track: Track) -> dict[str, str]:
    """Everything that matchers and groups may ask for: the series' labels, the rule's own, its name and severity."""
    return {**track.labels, **rule.body.labels, "rule": rule.name, "severity": rule.severity}
