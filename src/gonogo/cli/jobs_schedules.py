"""``gonogo jobs schedules``: jobs made by the clock."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.jobs_details import JobDetails
from gonogo.cli.jobs_payload import read_payload
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table

Payload = Annotated[str, Parameter(help="The payload as JSON; for `shell` jobs the command itself will do.")]
Off = Annotated[bool, Parameter(help="Keep it, but let it make no jobs for now.")]
PLAIN = JobDetails()
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
def put(
    name: str, cron: str, type: str, payload: Payload = "{}", /, *, details: JobDetails = PLAIN, off: Off = False
) -> None:
    """Add or change a schedule.

    Example: gonogo jobs schedules put nightly '0 2 * * *' shell 'make backup' --timeout 1h --unique-key backup
    """
    with open_gonogo() as gonogo:
        job = {"type": type, "payload": read_payload(type, payload), **details.describe()}
        view = gonogo.jobs.schedule(name, cron, job, enabled=not off)
    say(f"{name} fires next at {view['next_at']}." if view["next_at"] else f"{name} is kept and does not fire.")


@app.command
def firings(name: str, /, *, json: AsJson = False) -> None:
    """List when a schedule fired, newest first, and the job that each firing made.

    Example: gonogo jobs schedules firings nightly
    """
    with open_gonogo() as gonogo:
        found = gonogo.jobs.firings(name)
    if json:
        show_json(found)
        return
    rows = [(each["at"][:19], each["job"]) for each in found]
    show_table(("fired", "job"), rows, empty=f"{name} has not fired.")


@app.command
def drop(name: str, /) -> None:
    """Remove a schedule; jobs it made stay.

    Example: gonogo jobs schedules drop nightly
    """
    with open_gonogo() as gonogo:
        gonogo.jobs.drop_schedule(name)
    say(f"{name} is gone.")
