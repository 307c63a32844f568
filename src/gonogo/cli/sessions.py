"""``gonogo sessions``: where somebody is signed in."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import CannotRun
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table

Of = Annotated[str | None, Parameter(help="E-mail of another person, or * for everybody; for administrators.")]
Id = Annotated[str | None, Parameter(help="The session to end, as `gonogo sessions list` shows it.")]
Others = Annotated[bool, Parameter(negative=(), help="End all your sessions but the current one.")]
app = App(name="sessions", help="Where you are signed in: list, end.")


@app.command(name="list")
def list_sessions(*, of: Of = None, json: AsJson = False) -> None:
    """List live sessions, newest first.

    Example: gonogo sessions list
    """
    with open_gonogo() as gonogo:
        sessions = gonogo.sessions.list(of)
    if json:
        show_json(sessions)
        return
    rows = [
        (s["id"], s["person"], s["device"] or s["kind"], s["address"], s["opened_at"], s["last_seen_at"] or "")
        for s in sessions
    ]
    headings = ("id", "person", "device", "address", "signed in", "last seen")
    show_table(headings, rows, empty="No live sessions.")


@app.command
def end(id: Id = None, /, *, others: Others = False, of: Of = None) -> None:
    """End one session, all your others, or every session of another person.

    Example: gonogo sessions end --others
    """
    if sum((id is not None, others, of is not None)) != 1:
        raise CannotRun("Say what to end: a session's id, --others, or --of ada@example.org.")
    with open_gonogo() as gonogo:
        if id is not None:
            gonogo.sessions.end(id)
            say("The session has ended.")
            return
        ended = gonogo.sessions.end_others(of)["ended"]
    say(f"{ended} {'session has' if ended == 1 else 'sessions have'} ended.")
