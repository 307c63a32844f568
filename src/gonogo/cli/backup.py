"""``gonogo backup`` and ``restore``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from gonogo.cli.calling import call_action
from gonogo.cli.confirming import confirm
from gonogo.cli.connection import open_gonogo
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table

Sources = Annotated[tuple[str, ...], Parameter(help="SQLite files; may be repeated.")]
Urls = Annotated[tuple[str, ...], Parameter(help="Postgres URLs; may be repeated.")]
Files = Annotated[tuple[str, ...], Parameter(help="Files and folders; may be repeated.")]
Name = Annotated[str | None, Parameter(help="Name of the series; the newest of it are kept.")]
Place = Annotated[str | None, Parameter(help="A folder, or s3://bucket/prefix; ./backups when absent.")]
Keep = Annotated[int | None, Parameter(help="How many of the name to keep; all when absent.")]
Git = Annotated[Literal["branch", "tag"] | None, Parameter(help="Keep the working tree as a git branch or tag.")]
Processes = Annotated[bool, Parameter(help="Picture running processes and open ports.")]
Id = Annotated[str, Parameter(help="A backup's id, or `last` for the newest.")]
Kinds = Annotated[tuple[str, ...], Parameter(help="sqlite, postgres, file, git; the first three when absent.")]
Into = Annotated[str | None, Parameter(help="Restore one database to another path or URL.")]
Yes = Annotated[bool, Parameter(help="Do not ask.")]
app = App(name="backup", help="Copy databases, files, the working tree and a picture of this machine; list backups.")


@app.default
def backup(
    *,
    sqlite: Sources = (),
    postgres: Urls = (),
    files: Files = (),
    git: Git = None,
    processes: Processes = False,
    name: Name = None,
    to: Place = None,
    keep: Keep = None,
    json: AsJson = False,
) -> int:
    """Take a backup. Without sources: Gonogo's own database, a git tag, and a picture of the machine.

    Example: gonogo backup --sqlite events.db --files .env --git branch --keep 3
    """
    options = {"sqlite": sqlite, "postgres": postgres, "files": files, "git": git, "processes": processes}
    return call_action("backup", {**options, "name": name, "to": to, "keep": keep}, json=json)


@app.command(name="list")
def list_backups(*, name: Name = None, to: Place = None, json: AsJson = False) -> None:
    """List the backups of a name, newest first.

    Example: gonogo backup list --to s3://backups/shop
    """
    with open_gonogo() as gonogo:
        found = gonogo.actions.backups(name, to, str(Path.cwd()))
    if json:
        show_json(found)
        return
    rows = [
        (each["id"], each["taken_at"], each["host"], ", ".join(part["kind"] for part in each["parts"]))
        for each in found
    ]
    show_table(("backup", "taken", "host", "parts"), rows, empty="There is no backup yet: gonogo backup")


def restore(
    id: Id,
    /,
    *,
    parts: Kinds = (),
    into: Into = None,
    postgres: Urls = (),
    name: Name = None,
    to: Place = None,
    yes: Yes = False,
    json: AsJson = False,
) -> int:
    """Put a backup back: its manifest is verified first, databases are checked before and after. Asks at a terminal.

    Example: gonogo restore last --parts sqlite
    """
    if not yes and sys.stdin.isatty():
        say(
            f"Of backup '{id}', {', '.join(parts or ('sqlite', 'postgres', 'file'))} go over {into or 'what is there'}."
        )
        confirm("Put it back?")
    options = {"id": id, "parts": parts, "into": into, "postgres": postgres, "name": name, "to": to}
    return call_action("restore", options, json=json)
