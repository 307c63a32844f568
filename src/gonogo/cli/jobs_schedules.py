"""``gonogo jobs schedules``: jobs made by the clock."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.jobs_payload import read_payload
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table

Payload = Annotated[str, Parameter(help="The payload as JSON; for `shell` jobs the command itself will do.")]
app = App(name="schedules", help="Jobs made anew at the moments of a cron expression, in UTC.")


@app.command(name="list")
def list_(*, json: AsJson = False) -> None:
    """List every schedule.

    Example: gonogo jobs schedules list
    """
    with open_gonogo() as gonogo:
        found = gonogo.jobs.schedules()
    if json:
        show_json(found)
        return
    rows = [
        (
            each["schedule"]["name"],
            each["schedule"]["cron"],
            each["schedule"]["job"]["type"],
            (each["next_at"] or "off")[:19],
            (each["last_at"] or "never")[:19],
        )
        for each in found
    ]
    show_table(("schedule", "cron", "type", "next", "last"), rows, empty="There are no schedules.")


@app.command
def put(name: str, cron: str, type: str, payload: Payload = "{}", /) -> None:
    """Add or change a schedule.

    Example: gonogo jobs schedules put nightly '0 2 * * *' shell 'make backup'
    """
    with open_gonogo() as gonogo:
        view = gonogo.jobs.schedule(name, cron, {"type": type, "payload": read_payload(type, payload)})
    say(f"{name} fires next at {view['next_at']}.")


@app.command
def drop(name: str, /) -> None:
    """Remove a schedule; jobs it made stay.

    Example: gonogo jobs schedules drop nightly
    """
    with open_gonogo() as gonogo:
        gonogo.jobs.drop_schedule(name)
    say(f"{name} is gone.")
