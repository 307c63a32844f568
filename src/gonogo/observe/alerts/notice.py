"""A notification in words: what a channel is given to send, whatever its own form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from gonogo.kernel.clock import format_instant
from gonogo.kernel.signals import write_series
from gonogo.kernel.signals.units import tell_value
from gonogo.observe.alerts.machine import Track
from gonogo.observe.alerts.notifying import Kind, Message
from gonogo.observe.alerts.rule import Rule

_WORDS: dict[Kind, str] = {"fired": "FIRING", "reminder": "STILL FIRING", "resolved": "RESOLVED", "test": "TEST"}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One alert of a notification. ``kind`` is fired, reminder, resolved or test; ``text`` says all of it."""

    alert: str
    rule: str
    kind: Kind
    severity: str
    series: str
    labels: dict[str, str]
    value: float | None
    threshold: float
    unit: str
    condition: str
    description: str
    since: str
    text: str


class Place(msgspec.Struct, frozen=True):
    """Who speaks: the environment's name, and the address of its pages if it is known."""

    environment: str
    url: str = ""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A notification. Its ``id`` stays the same when it has to be sent again."""

    id: str
    at: str
    title: str
    environment: str
    url: str
    group: dict[str, str]
    test: bool
    alerts: tuple[Told, ...]

    @property
    def text(self) -> str:
        """The title and a line for each alert."""
        return "\n".join((self.title, *(f"- {told.text}" for told in self.alerts)))


def write_notice(message: Message, rules: Mapping[str, Rule], place: Place, now: float) -> Notice:
    """The message in words. Rules must hold every rule that it names."""
    told = tuple(tell_alert(rules[key.rule], kind, track) for key, kind, track in message.told)
    return Notice(
        id=message.id,
        at=tell_instant(now),
        title=_write_title(told, place),
        environment=place.environment,
        url=place.url,
        group=message.group,
        test=any(one.kind == "test" for one in told),
        alerts=told,
    )


def tell_alert(rule: Rule, kind: Kind, track: Track) -> Told:
    """One alert in words."""
    first = rule.first
    series = write_series(first.signal, track.labels)
    value = "has no data" if track.value is None else f"is {tell_value(track.value, first.value.unit)}"
    since = tell_instant(track.fired_at or track.since)
    spoken = f"{rule.severity} {rule.name}: {series} {value}, asked {rule.asked}. {rule.body.description}".strip()
    return Told(
        alert=track.alert,
        rule=rule.name,
        kind=kind,
        severity=rule.severity,
        series=series,
        labels={**track.labels, **rule.body.labels},
        value=track.value,
        threshold=first.value.value,
        unit=first.value.unit,
        condition=rule.asked,
        description=rule.body.description,
        since=since,
        text=f"{_WORDS[kind]} {spoken} Since {since}.",
    )


def tell_instant(at: float) -> str:
    """Seconds since the epoch as answers have them."""
    return format_instant(datetime.fromtimestamp(at, UTC))


def _write_title(told: tuple[Told, ...], place: Place) -> str:
    first = told[0]
    more = f" and {len(told) - 1} more" if len(told) > 1 else ""
    return f"[{place.environment}] {_WORDS[first.kind]} {first.severity}: {first.rule} on {first.series}{more}"
