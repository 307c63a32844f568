"""Who is to be told what now, and of everything that is not told, why. Pure: the same for real and for a dry run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple

import msgspec

from gonogo.observe.alerts.machine import Key, Track
from gonogo.observe.alerts.muting import Inhibitors, Silence, describe_labels
from gonogo.observe.alerts.rule import Rule

Kind = Literal["fired", "reminder", "resolved", "test"]
Outcome = Literal["queued", "grouped", "suppressed"]
UNTOLD_S = 86_400.0
"""How long the end of an alert waits for a channel to be configured."""
NO_CHANNEL = "no channel is configured"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one thing to be told. ``notification`` names the message that carries it; empty when none."""

    key: Key
    alert: str
    kind: Kind
    outcome: Outcome
    reason: str = ""
    notification: str = ""


class Message(msgspec.Struct, frozen=True):
    """One notification to be sent: alerts of one group, each with what is said of it."""

    id: str
    group: dict[str, str]
    channels: tuple[str, ...]
    told: tuple[tuple[Key, Kind, Track], ...]


class Verdict(msgspec.Struct, frozen=True):
    """The tracks that changed, every decision, and the messages that come of them."""

    tracks: dict[Key, Track]
    decisions: list[Decision]
    messages: list[Message]


class Ways(NamedTuple):
    """By whom word can go, and how: names of channels, ids, and whether groups wait for more."""

    channels: Sequence[str]
    make_id: Callable[[], str]
    at_once: bool = False


class _Due(NamedTuple):
    key: Key
    kind: Kind
    track: Track
    rule: Rule


def decide(
    rules: Mapping[str, Rule], tracks: Mapping[Key, Track], silences: Sequence[Silence], now: float, ways: Ways
) -> Verdict:
    """Judge every track. A group is told once the first of its alerts has waited long enough."""
    verdict = Verdict({}, [], [])
    inhibitors = Inhibitors(rules, tracks.items())
    groups: dict[tuple[tuple[str, str], ...], list[_Due]] = {}
    for key, track in tracks.items():
        rule = rules.get(key.rule)
        kind = None if rule is None else find_due(rule, track, now)
        if rule is None or kind is None:
            continue
        channels = _choose_channels(rule, ways.channels)
        cause = _find_cause(rule, key, track, kind, now, silences, inhibitors, channels)
        if cause is not None:
            _hold_back(verdict, key, track, kind, cause, now)
            continue
        wait = 0.0 if kind == "reminder" else rule.group_wait_s
        ready = track if track.ready_at is not None else msgspec.structs.replace(track, ready_at=now + wait, muted="")
        if ready is not track:
            verdict.tracks[key] = ready
        groups.setdefault(_name_group(rule, track, channels), []).append(_Due(key, kind, ready, rule))
    for group in groups.values():
        if ways.at_once or any((due.track.ready_at or 0.0) <= now for due in group):
            _tell(verdict, group, now, ways)
    return verdict


def find_due(rule: Rule, track: Track, now: float) -> Kind | None:
    """What its receivers have a right to hear now; None when they know everything."""
    if track.owed == "resolved":
        return "resolved"
    if not track.is_firing:
        return None
    if not track.told:
        return "fired"
    reminded = rule.reminder_s > 0 and not track.acknowledged_by and track.told_at is not None
    return "reminder" if reminded and now - (track.told_at or 0.0) >= rule.reminder_s else None


def find_next(rule: Rule, track: Track) -> float | None:
    """When its receivers will hear of it next, as things stand; None when nothing is to come or something mutes it."""
    if track.ready_at is not None:
        return track.ready_at
    if not track.is_firing or track.acknowledged_by:
        return None
    if not track.told:
        cooling = track.muted.startswith("cooldown") and track.told_at is not None
        return (track.told_at or 0.0) + rule.cooldown_s if cooling else None
    return (track.told_at or 0.0) + rule.reminder_s if rule.reminder_s > 0 else None


def _find_cause(
    rule: Rule,
    key: Key,
    track: Track,
    kind: Kind,
    now: float,
    silences: Sequence[Silence],
    inhibitors: Inhibitors,
    channels: Sequence[str],
) -> str | None:
    labels = describe_labels(rule, track)
    silence = next((silence for silence in silences if silence.covers(labels, now)), None)
    if silence is not None:
        return f"silence {silence.id} by {silence.created_by}: {silence.reason}"
    if kind != "resolved":
        louder = inhibitors.find(rule, key, track)
        if louder is not None:
            return f"inhibition: {louder} fires"
        if track.acknowledged_by:
            return f"acknowledged by {track.acknowledged_by}"
        if kind == "fired" and track.told_at is not None and now - track.told_at < rule.cooldown_s:
            return f"cooldown until {_tell_time(track.told_at + rule.cooldown_s)}"
    return None if channels else NO_CHANNEL


def _hold_back(verdict: Verdict, key: Key, track: Track, kind: Kind, cause: str, now: float) -> None:
    # The end of an alert that is muted is not told late: by then it is no news.
    dropped = kind == "resolved" and (cause != NO_CHANNEL or now - track.owed_since >= UNTOLD_S)
    if dropped:
        verdict.tracks[key] = msgspec.structs.replace(track, owed="", told=False, ready_at=None, muted="")
    elif cause != track.muted or track.ready_at is not None:
        verdict.tracks[key] = msgspec.structs.replace(track, muted=cause, ready_at=None)
    if cause != track.muted:
        held = Decision(key=key, alert=track.alert, kind=kind, outcome="suppressed", reason=cause)
        verdict.decisions.append(held)


def _tell(verdict: Verdict, group: list[_Due], now: float, ways: Ways) -> None:
    group.sort(key=lambda due: due.key)  # a restart or a replay meets the series in another order
    first = group[0]
    labels = describe_labels(first.rule, first.track)
    message = Message(
        id=ways.make_id(),
        group={name: labels.get(name, "") for name in first.rule.body.group_by},
        channels=tuple(_choose_channels(first.rule, ways.channels)),
        told=tuple((due.key, due.kind, due.track) for due in group),
    )
    verdict.messages.append(message)
    for place, due in enumerate(group):
        over = {"told": False, "owed": ""} if due.kind == "resolved" else {"told": True, "told_at": now}
        verdict.tracks[due.key] = msgspec.structs.replace(due.track, ready_at=None, muted="", **over)
        verdict.decisions.append(
            Decision(
                key=due.key,
                alert=due.track.alert,
                kind=due.kind,
                outcome="grouped" if place else "queued",
                reason=f"told together with {len(group) - 1} more" if len(group) > 1 else "",
                notification=message.id,
            )
        )


def _choose_channels(rule: Rule, channels: Sequence[str]) -> list[str]:
    return [name for name in channels if not rule.body.channels or name in rule.body.channels]


def _name_group(rule: Rule, track: Track, channels: Sequence[str]) -> tuple[tuple[str, str], ...]:
    labels = describe_labels(rule, track)
    return (*((name, labels.get(name, "")) for name in rule.body.group_by), ("channels", ",".join(channels)))


def _tell_time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%SZ")
