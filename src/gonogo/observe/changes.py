"""What was changed here, as marks on the time axis of the charts: releases, settings, flags, services, alerts."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from gonogo.kernel.clock import parse_instant
from gonogo.kernel.events.event import Event

NOUNS = ("release.", "setting.", "flag.", "service.", "alert.")
MOST = 200
_KEPT = frozenset(
    {
        *("release.started", "release.finished", "release.rollback_started"),
        *("setting.changed", "setting.batch_changed", "setting.preset_applied", "setting.undone", "flag.changed"),
        *("service.started", "service.stopped", "service.crashed", "service.swapped", "service.rolled_back"),
        *("alert.fired", "alert.resolved"),
    }
)
_BAD = ("fired", "crashed", "rolled_back", "rollback_started")
_LABELS = ("title", "name", "rule", "preset")
_NAMED = frozenset({"setting", "flag", "service"})
"""Nouns whose subject is a name that people know, not an id."""


class Mark(msgspec.Struct, frozen=True):
    """One change at ``at`` (seconds since the epoch), in words, with the part of Gonogo it belongs to."""

    at: float
    text: str
    noun: str
    bad: bool


def mark_changes(events: Iterable[Event]) -> list[Mark]:
    """Marks of the events that change what charts show, oldest first."""
    kept = (event for event in events if event.name in _KEPT)
    return sorted((_mark(event) for event in kept), key=lambda mark: mark.at)


def _mark(event: Event) -> Mark:
    noun, _, verb = event.name.partition(".")
    label = next((str(event.data[name]) for name in _LABELS if event.data.get(name)), "")
    label = label or (event.subject if noun in _NAMED else "")
    words = " ".join(f"{noun} {verb.replace('_', ' ')} {label}".split())
    return Mark(parse_instant(event.at).timestamp(), f"{words}, by {event.actor_name}", noun, verb in _BAD)
