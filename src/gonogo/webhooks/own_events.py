"""Gonogo's own events as webhooks: what can be subscribed to, and what is sent."""

from __future__ import annotations

from typing import Any

import msgspec

from gonogo.kernel.events.event import Event
from gonogo.webhooks.store.messages import Message

NOT_TOLD = frozenset({"webhook", "request"})
"""Nouns that stay inside: a failing delivery must not cause the next one, nor a request that sends an event."""
OWN = {
    "release.*": "Releases: started, waiting, decided, failed, rolled back, finished, …",
    "checklist.*": "Checklists: saved, approved",
    "incident.*": "Incidents: opened, changed, closed",
    "follow_up.*": "Follow-up tasks: planned, done",
    "alert.*": "Alerts: fired, acknowledged, resolved, …",
    "signal.*": "Signals: samples pushed, pushes refused",
    "check.*": "Checks of addresses: failed, recovered, added, removed",
    "host.*": "Hosts: joined, forgotten, health changed",
    "target.*": "Scraped addresses: added, removed",
    "metrics.*": "History that was dropped for its age",
    "setting.*": "Settings: changed, undone, imported, …",
    "service.*": "Services: started, swapped, crashed, …",
    "job.*": "Jobs: failed, dead, cancelled, retried",
    "queue.*": "The queue: paused, resumed, limited, replayed",
    "schedule.*": "Schedules: saved, dropped",
    "agent.*": "Agents: spawned, stopped, crashed, given up, …",
    "asset.*": "Files that jobs made: kept",
    "task.*": "The house's own work: dead",
    "hook.*": "Hooks of others: received; sources added and removed",
    "person.*": "People: added, changed, signed in, …",
    "access.*": "Access: refused",
    "sign_in.*": "Sign-in: failed, throttled",
    "action.*": "Actions by hand, such as backup and restore: started, finished",
    "audit.*": "The audit log: anchored, pruned, exported",
    "key.*": "API keys: created, revoked, used out of bounds",
    "service_account.*": "Owners of keys: created, changed",
}
"""What the list of event types shows of them; docs/reference/events.md names every one."""
RESERVED = frozenset(
    {
        *("release", "checklist", "alert", "setting", "flag", "job", "worker", "service", "hook", "webhook"),
        *("signal", "audit", "access", "sign_in", "request"),
        *("person", "key", "service_account", "action", "host", "target", "event_type", "incident", "gonogo"),
        *("follow_up", "check", "log", "metrics", "asset", "agent", "task", "queue", "schedule"),
    }
)
"""First words that programs can't use: nobody could tell such an event from Gonogo's own."""


def can_tell(event: Event) -> bool:
    """Whether an event of the log may be subscribed to."""
    return event.name.partition(".")[0] not in NOT_TOLD


def make_message(event: Event) -> Message:
    """The message for an event of the log; its id is the event's, so it is told once."""
    told = {**event.data, "subject": event.subject, "actor": event.actor_name}
    return Message(event.id, event.name, event.at, write_body(event.id, event.name, event.at, told))


def write_body(id: str, type: str, at: str, data: dict[str, Any]) -> str:
    """The body of every webhook: type, timestamp and data as Standard Webhooks has it, and the id."""
    return msgspec.json.encode({"type": type, "timestamp": at, "id": id, "data": data}).decode()
