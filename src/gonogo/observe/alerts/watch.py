"""What the room's commands and views know of alerts, in memory: rules, tracks, silences, channels, the last look."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from gonogo.observe.alerts.channels.channel import Channel
from gonogo.observe.alerts.machine import Key, Track
from gonogo.observe.alerts.muting import Silence
from gonogo.observe.alerts.notice import Place
from gonogo.observe.alerts.round import Looker
from gonogo.observe.alerts.rule import Manners, Rule, RuleBody
from gonogo.observe.errors import RuleNotFound


@dataclass(slots=True)
class Watch:
    """The long-lived state. Whoever changes tracks, rules or silences holds ``lock``, and has written it down first."""

    manners: Manners
    place: Place
    channels: dict[str, Channel]
    looker: Looker
    rules: dict[str, Rule] = field(default_factory=dict)
    stored: dict[str, RuleBody] = field(default_factory=dict)
    thresholds: tuple[float, ...] = ()
    tracks: dict[Key, Track] = field(default_factory=dict)
    silences: list[Silence] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    series: dict[str, int] = field(default_factory=dict)
    unsent: dict[str, tuple[int, str]] = field(default_factory=dict)
    looked_at: float | None = None
    look_took_s: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def get_rule(self, name: str) -> Rule:
        """A rule by name. Raises ``RuleNotFound``."""
        found = self.rules.get(name)
        if found is None:
            raise RuleNotFound(f"There is no alert rule '{name}'. `gonogo alerts rules` lists them.", field="rule")
        return found

    def find_track(self, alert: str) -> tuple[Key, Track] | None:
        """The series whose present alert has this id."""
        return next(((key, track) for key, track in self.tracks.items() if track.alert == alert), None)

    def list_open(self) -> list[tuple[Key, Track]]:
        """Every series that is not ok: firing first, then without data, then pending; the oldest first."""
        order = {"firing": 0, "no_data": 1, "pending": 2}
        found = [(key, track) for key, track in self.tracks.items() if track.state != "ok" and key.rule in self.rules]
        return sorted(found, key=lambda pair: (not pair[1].is_firing, order[pair[1].state], pair[1].since, pair[0]))
