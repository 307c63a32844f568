"""What lies behind the queue and is told of by events alone: other rooms are not asked."""

from __future__ import annotations

from urllib.parse import urlsplit

from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.event_log import find_events

MOST_EVENTS = 200
MOST_SHOWN = 8


def list_endpoints(tx: Tx) -> list[str]:
    """Hosts that webhooks are sent to, as their endpoints were added and removed."""
    names = ("webhook.endpoint_added", "webhook.endpoint_removed")
    known: dict[str, str] = {}
    for event in reversed(find_events(tx, names=names, newest_first=True, limit=MOST_EVENTS)):
        if event.name == "webhook.endpoint_removed":
            known.pop(event.subject, None)
        else:
            known[event.subject] = _read_host(event.data)
    return sorted(dict.fromkeys(known.values()))[:MOST_SHOWN]


def _read_host(data: dict[str, object]) -> str:
    return urlsplit(str(data.get("name", ""))).netloc or "webhook"
