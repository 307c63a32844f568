"""An incident as a document to hand on. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gonogo.releases.incident_schemas import Incident

_TILDES = re.compile("~+")
_NOT_KNOWN = "Not known yet."


def write_report(incident: Incident) -> str:
    """The incident as Markdown."""
    return "\n".join(_write(incident)) + "\n"


def _write(incident: Incident) -> Iterator[str]:
    yield f"# {incident.title}"
    yield ""
    yield f"Opened {incident.opened_at} by {incident.opened_by}; {incident.status}" + (
        f" since {incident.closed_at}." if incident.closed_at else "."
    )
    yield f"Release: {incident.run}" if incident.run else "No release."
    yield "\n## Timeline\n"
    yield from (f"- `{each.at}` {each.what}{f' ({each.who})' if each.who else ''}" for each in incident.timeline)
    yield "\n## Steps taken\n"
    yield from (f"- `{each.at}` `{each.what}`: {each.outcome}" for each in incident.steps)
    yield "\n## What the logs say\n"
    for excerpt in incident.excerpts:
        fence = "~" * max(3, 1 + max(map(len, _TILDES.findall(excerpt.text)), default=0))
        yield f"{excerpt.source}\n\n{fence}text\n{excerpt.text}\n{fence}\n"
    yield f"\n## Root cause\n\n{incident.cause or _NOT_KNOWN}"
    yield f"\n## Preventive measures\n\n{incident.measures or _NOT_KNOWN}"
    yield "\n## Follow-up\n"
    for task in incident.tasks:
        done = f", done by {task.done_by} {task.done_at}" if task.done_at else ""
        mark = "x" if task.done_at else " "
        yield f"- [{mark}] {task.period}: {task.text} ({task.owner}, due {task.due_at[:16]}Z{done})"
