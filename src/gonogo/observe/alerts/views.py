"""Alerts, rules and silences as answers and pages have them."""

from __future__ import annotations

from typing import Any

import msgspec

from gonogo.kernel.signals import format_duration, write_series
from gonogo.kernel.signals.units import tell_value
from gonogo.observe.alerts.alert import Alert
from gonogo.observe.alerts.machine import Key, Track
from gonogo.observe.alerts.muting import Silence
from gonogo.observe.alerts.notice import tell_instant
from gonogo.observe.alerts.notifying import find_next
from gonogo.observe.alerts.rule import Rule
from gonogo.observe.alerts.watch import Watch


class OpenAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that is not over, as it is now. ``state`` is pending, firing or no_data.

    A firing alert whose series reports no longer is ``no_data`` and still ``firing``. ``since`` is when it fired, or
    came to stand where it is; ``next_at`` when its receivers hear of it next, unless ``muted`` says why they do not.
    """

    id: str
    rule: str
    severity: str
    state: str
    firing: bool
    series: str
    labels: dict[str, str]
    value: float | None
    shown_value: str
    threshold: float
    unit: str
    condition: str
    description: str
    since: str
    next_at: str | None
    muted: str
    acknowledged_by: str


def list_open_alerts(watch: Watch) -> list[OpenAlert]:
    """Every alert that is not over: firing ones first, the oldest first. Read from memory."""
    return [view_open(watch.rules[key.rule], key, track) for key, track in watch.list_open()]


def view_open(rule: Rule, key: Key, track: Track) -> OpenAlert:
    """One alert that is not over."""
    first, upcoming = rule.first, find_next(rule, track)
    return OpenAlert(
        id=track.alert,
        rule=key.rule,
        severity=rule.severity,
        state=track.state,
        firing=track.is_firing,
        series=write_series(first.signal, track.labels),
        labels={**track.labels, **rule.body.labels},
        value=track.value,
        shown_value="no data" if track.value is None else tell_value(track.value, first.value.unit),
        threshold=first.value.value,
        unit=first.value.unit,
        condition=rule.asked,
        description=rule.body.description,
        since=tell_instant(track.fired_at if track.is_firing and track.fired_at is not None else track.since),
        next_at=None if upcoming is None else tell_instant(upcoming),
        muted=track.muted,
        acknowledged_by=track.acknowledged_by,
    )


def view_alert(watch: Watch, alert: Alert) -> dict[str, Any]:
    """An alert as stored, with its newest value and the next word of it while it is not over."""
    found = watch.find_track(alert.id)
    now = view_open(watch.rules[found[0].rule], *found) if found and found[1].state != "ok" else None
    return {
        **msgspec.to_builtins(alert),
        "value": now.value if now is not None and now.value is not None else alert.value,
        "firing": now is not None and now.firing,
        "muted": now.muted if now is not None else "",
        "next_at": now.next_at if now is not None else None,
    }


def view_rule(watch: Watch, rule: Rule) -> dict[str, Any]:
    """A rule in full, with how many series it covers and how they stand. One that covers none has no data."""
    tracks = [track for key, track in watch.tracks.items() if key.rule == rule.name]
    return {
        **msgspec.to_builtins(rule.body),
        "name": rule.name,
        "source": rule.source,
        "condition": rule.asked,
        "cooldown": format_duration(rule.cooldown_s),
        "reminder": format_duration(rule.reminder_s),
        "group_wait": format_duration(rule.group_wait_s),
        "series": watch.series.get(rule.name, 0),
        "firing": sum(track.is_firing for track in tracks),
        "pending": sum(track.state == "pending" for track in tracks),
        "blind": sum(track.state == "no_data" for track in tracks),
        "state": judge_rule(watch, rule, tracks),
        "problem": watch.problems.get(rule.name, ""),
    }


def judge_rule(watch: Watch, rule: Rule, tracks: list[Track]) -> str:
    """The worst of its series; "no_data" when there is none, "off" when it is switched off."""
    if not rule.body.enabled:
        return "off"
    if any(track.is_firing for track in tracks):
        return "firing"
    if rule.name in watch.problems or not watch.series.get(rule.name) or any(one.state == "no_data" for one in tracks):
        return "no_data"
    return "pending" if any(track.state == "pending" for track in tracks) else "ok"


def view_silence(silence: Silence) -> dict[str, Any]:
    """A silence with its instants as text."""
    return {
        "id": silence.id,
        "matchers": silence.matchers,
        "reason": silence.reason,
        "created_by": silence.created_by,
        "starts_at": tell_instant(silence.starts_at),
        "ends_at": tell_instant(silence.ends_at),
    }


def list_channels(watch: Watch) -> list[dict[str, Any]]:
    """Every configured channel: where it leads, without secrets, how many letters wait for it, and what went wrong."""
    return [
        {"name": name, "leads_to": channel.shown, "waiting": waiting, "error": error}
        for name, channel in watch.channels.items()
        for waiting, error in (watch.unsent.get(name, (0, "")),)
    ]
