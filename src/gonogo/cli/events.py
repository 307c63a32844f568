"""``gonogo events``: what happened, and what is happening."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import msgspec
from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table
from gonogo.cli.values import write_local

Name = Annotated[str | None, Parameter(help="Only this event, or with a dot at its end all that begin so (release.).")]
Subject = Annotated[str | None, Parameter(help="Only about this id.")]
Actor = Annotated[str | None, Parameter(help="Only by this person, key or process.")]
Limit = Annotated[int, Parameter(help="How many at most, up to 500.")]
Since = Annotated[int | None, Parameter(help="Begin after this place in the log.")]
Count = Annotated[int | None, Parameter(help="Events to print; until Ctrl-C when absent.")]
app = App(name="events", help="What happened: list, watch.")


@app.command(name="list")
def list_events(
    *, name: Name = None, subject: Subject = None, actor: Actor = None, limit: Limit = 50, json: AsJson = False
) -> None:
    """List what happened, newest first.

    Example: gonogo events list --name release. --limit 20
    """
    with open_gonogo() as gonogo:
        page = gonogo.events.list(name, subject, actor, limit=limit)
    if json:
        show_json(page)
        return
    rows = [(str(e["seq"]), write_local(e["at"]), e["name"], e["subject"], e["actor_name"]) for e in page.items]
    show_table(("place", "when", "what", "about", "by"), rows, empty="Nothing of that kind has happened yet.")


@app.command
def watch(*topics: str, since: Since = None, count: Count = None, json: AsJson = False) -> None:
    """Print events as they happen: all, or those of the topics given.

    Example: gonogo events watch release --since 0
    """
    printed = 0
    with open_gonogo() as gonogo:
        for event in gonogo.events.watch(*topics, since=since):
            say(msgspec.json.encode(event).decode() if json else write_event(event))
            sys.stdout.flush()
            printed += 1
            if count is not None and printed >= count:
                return


def write_event(event: Any) -> str:
    """One event as a line."""
    when = write_local(event.at) if event.at else "-"
    return f"{when}  {event.name}  {event.subject}  {event.by}".rstrip()
