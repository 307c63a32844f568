"""An event as a sentence with a link: ``release.item_failed`` becomes "Release: item failed"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, urlencode

import msgspec

from gonogo.kernel.events.event import Event
from gonogo.web.event_pages import find_address

_BAD = (
    *("failed", "no_go", "breached", "fired", "rolled_back", "rollback", "rejected", "revoked", "crashed", "lost"),
    "gave_up",
)
_WAITING = ("held", "paused", "warned", "skipped", "expired", "unknown", "throttled", "waiting")
_GOOD = ("finished", "passed", "go", "resolved", "completed", "delivered", "recovered")
_LABELS = ("title", "name", "key", "email", "text", "path")
_ID = re.compile(r"[0-9a-f-]{36}|\d+")
"""Subjects that name nothing to a reader."""
_ICONS = {
    "release": "releases",
    "person": "person",
    "key": "keys",
    "service_account": "keys",
    "setting": "settings",
    "flag": "flags",
    "alert": "alert",
    "job": "jobs",
    "agent": "jobs",
    "health": "observe",
    "check": "check",
    "host": "observe",
    "asset": "file",
    "webhook": "webhooks",
    "service": "services",
}


class Change(msgspec.Struct, frozen=True):
    """One line of the change list. ``at`` is an instant as text; ``label`` names the thing, if the event did."""

    text: str
    label: str
    icon: str
    tone: str
    href: str
    actor: str
    at: str
    name: str
    seq: int | None
    times: int = 1


def describe_event(event: Event, room_names: frozenset[str]) -> Change:
    """The event in words, linked to the page of its thing when a room has one."""
    noun, _, verb = event.name.partition(".")
    return Change(
        text=f"{noun.replace('_', ' ').capitalize()} {verb.replace('_', ' ')}".strip(),
        label=_find_label(event),
        icon=_ICONS.get(noun, "info"),
        tone=tone_of(event.name),
        href=_find_page(event, room_names),
        actor=event.actor_name,
        at=event.at,
        name=event.name,
        seq=event.seq,
    )


def merge_repeats(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The same (newest first), with neighbours about one thing by one actor told once; ``times`` counts them."""
    merged: list[Change] = []
    for change in changes:
        last = merged[-1] if merged else None
        if last and (last.icon, last.href, last.actor) == (change.icon, change.href, change.actor):
            merged[-1] = msgspec.structs.replace(last, times=last.times + 1)
        else:
            merged.append(change)
    return tuple(merged)


def tone_of(name: str) -> str:
    """``nogo``, ``hold``, ``go`` or ``run``, by the past participle in the event's name."""
    verb = name.partition(".")[2]
    words = {verb, *verb.split("_"), "_".join(verb.split("_")[-2:])}
    for tone, signs in (("nogo", _BAD), ("hold", _WAITING), ("go", _GOOD)):
        if words.intersection(signs):
            return tone
    return "run"


def _find_label(event: Event) -> str:
    found = (event.data.get(key) for key in _LABELS)
    named = event.subject if not _ID.fullmatch(event.subject) else ""
    return next((value for value in found if isinstance(value, str) and value), named)


def _find_page(event: Event, room_names: frozenset[str]) -> str:
    room, address = find_address(event)
    if room is not None and room not in room_names:
        address = ""
    name = str(event.data.get("name", ""))
    if not address or ("{name}" in address and not name):
        return f"/audit?{urlencode({'subject': event.subject})}"
    return address.format(subject=quote(event.subject, safe=""), name=quote(name, safe=""))
