"""Which page shows the thing that an event is about."""

from __future__ import annotations

from fnmatch import fnmatchcase

from gonogo.kernel.events.event import Event

PAGES: tuple[tuple[str, str | None, str], ...] = (
    ("checklist.planned", None, ""),
    ("checklist.*", "releases", "/releases/checklists/{subject}"),
    ("release.*", "releases", "/releases/{subject}"),
    ("incident.*", "releases", "/incidents/{subject}"),
    ("follow_up.*", "releases", "/follow-ups"),
    ("setting.changed", "settings", "/settings/{subject}"),
    ("setting.reload_failed", "settings", "/settings/{subject}"),
    ("setting.mended", "settings", "/settings/{subject}"),
    ("setting.*", "settings", "/settings/history"),
    ("service.*", "services", "/services/{subject}"),
    ("job.*", "jobs", "/jobs/{subject}"),
    ("queue.*", "jobs", "/jobs"),
    ("schedule.*", "jobs", "/jobs"),
    ("agent.forgotten", "jobs", "/jobs/agents"),
    ("agent.*", "jobs", "/jobs/agents/{name}"),
    ("alert.*", "observe", "/observe/alerts"),
    ("check.*", "observe", "/observe"),
    ("host.*", "observe", "/observe"),
    ("target.*", "observe", "/observe"),
    ("metrics.*", "observe", "/observe"),
    ("webhook.endpoint_removed", "webhooks", "/webhooks"),
    ("webhook.endpoint_*", "webhooks", "/webhooks/{subject}"),
    ("webhook.delivery_failed", "webhooks", "/webhooks/{subject}"),
    ("webhook.secret_rotated", "webhooks", "/webhooks/{subject}"),
    ("webhook.type_*", "webhooks", "/webhooks/types"),
    ("webhook.*", "webhooks", "/webhooks"),
    ("hook.*", "webhooks", "/webhooks/sources"),
    ("person.*", None, "/people"),
    ("key.*", None, "/keys"),
    ("service_account.*", None, "/keys"),
)
"""Patterns of events' names, the room that has to be there, and the page; the first that fits counts.

``{name}`` is the name in the event's data. What has no page of its own is shown by the audit's other entries about it.
"""


def find_address(event: Event) -> tuple[str | None, str]:
    """The room and the address for an event; no address when nothing shows it."""
    found = ((room, address) for pattern, room, address in PAGES if fnmatchcase(event.name, pattern))
    return next(found, (None, ""))
