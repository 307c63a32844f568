"""``gonogo incident`` and ``follow-ups``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import CannotRun
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table
from gonogo.cli.runs import get_run_id
from gonogo.cli.values import write_local
from gonogo.client.gonogo import Gonogo

Title = Annotated[str, Parameter(help="What happened, in a few words.")]
Run = Annotated[str | None, Parameter(help="The release it is about: an id, its end, or 'last'.")]
Cause = Annotated[str | None, Parameter(help="The root cause, as far as it is known.")]
Measures = Annotated[str | None, Parameter(help="What will keep it from coming again.")]
Owner = Annotated[str | None, Parameter(help="Who takes its tasks; you when absent.")]
Id = Annotated[str, Parameter(help="An incident's id, or its end; 'last' for the newest.")]
TaskId = Annotated[str, Parameter(help="A task's id, or its end.")]
Note = Annotated[str, Parameter(help="Words for the record.")]
As = Annotated[str | None, Parameter(name="--as", help="Who did it, when that is not you.")]
Which = Annotated[Literal["due", "open", "done", "all"], Parameter(help="due, open, done or all.")]
app = App(name="incident", help="What went wrong, from the record of the run: open, list, show, change, close.")
follow_ups = App(name="follow-ups", help="What releases and incidents leave to do: list, tick.")


@app.command(name="open")
def open_incident(
    title: Title,
    /,
    *,
    run: Run = None,
    cause: Cause = None,
    measures: Measures = None,
    owner: Owner = None,
    json: AsJson = False,
) -> None:
    """Open an incident; with a run, its timeline, steps and logs are gathered, and three tasks are planned.

    Example: gonogo incident open "Checkout answered 500" --run last
    """
    with open_gonogo() as gonogo:
        about = get_run_id(gonogo, run) if run else None
        found = gonogo.incidents.open(title, about, cause=cause, measures=measures, owner=owner)
    _show(found, json)


@app.command(name="list")
def list_incidents(*, json: AsJson = False) -> None:
    """List incidents, open ones first.

    Example: gonogo incident list
    """
    with open_gonogo() as gonogo:
        found = gonogo.incidents.list()
    if json:
        show_json(found)
        return
    rows = [(each["id"], each["status"], write_local(each["opened_at"]), each["title"]) for each in found]
    show_table(("incident", "status", "opened", "title"), rows, empty="No incident.")


@app.command
def show(incident: Id = "last", /, *, json: AsJson = False) -> None:
    """Print an incident as Markdown.

    Example: gonogo incident show last
    """
    with open_gonogo() as gonogo:
        key = _find(gonogo.incidents.list(), incident, "incident")
        if json:
            show_json(gonogo.incidents.show(key))
        else:
            say(gonogo.incidents.report(key).rstrip())


@app.command
def change(
    incident: Id, /, *, title: Title | None = None, cause: Cause = None, measures: Measures = None, json: AsJson = False
) -> None:
    """Write down the root cause and the measures.

    Example: gonogo incident change last --cause "the index was missing"
    """
    _change(incident, json, title=title, cause=cause, measures=measures)


@app.command
def close(incident: Id, /, *, json: AsJson = False) -> None:
    """Close an incident. Its tasks stay until they are ticked.

    Example: gonogo incident close last
    """
    _change(incident, json, status="closed")


@follow_ups.command(name="list")
def list_tasks(*, which: Which = "open", json: AsJson = False) -> None:
    """List tasks by their due date.

    Example: gonogo follow-ups list --which due
    """
    with open_gonogo() as gonogo:
        found = gonogo.follow_ups.list(which)
    if json:
        show_json(found)
        return
    rows = [(each["id"], each["due_at"][:10], each["period"], each["owner"], each["text"]) for each in found]
    show_table(("task", "due", "when", "owner", "text"), rows, empty="Nothing to do.")


@follow_ups.command
def tick(task: TaskId, /, *, note: Note = "", as_: As = None, json: AsJson = False) -> None:
    """Say that a task is done.

    Example: gonogo follow-ups tick 3f2a --note "no error in 24 hours"
    """
    with open_gonogo() as gonogo:
        done = gonogo.follow_ups.tick(_find(gonogo.follow_ups.list("all"), task, "task"), note, as_)
    if json:
        show_json(done)
    else:
        say(f"Done by {done['done_by']}: {done['text']}")


def _change(incident: str, json: bool, **values: Any) -> None:
    with open_gonogo() as gonogo:
        changed = gonogo.incidents.change(_find_incident(gonogo, incident), **values)
    _show(changed, json)


_LISTS = {"incident": "incident", "task": "follow-ups"}


def _find_incident(gonogo: Gonogo, incident: str) -> str:
    return _find(gonogo.incidents.list(), incident, "incident")


def _find(found: Any, name: str, kind: str) -> str:
    if name == "last" and found:
        return str(max(each["id"] for each in found))
    matches = [each["id"] for each in found if each["id"].endswith(name)]
    if not matches:
        raise CannotRun(f"There is no {kind} '{name}'. `gonogo {_LISTS[kind]} list` shows them.")
    if len(matches) != 1:
        raise CannotRun(f"{len(matches)} {kind}s end in '{name}'; give more of the id.")
    return str(matches[0])


def _show(incident: Any, json: bool) -> None:
    if json:
        show_json(incident)
        return
    say(f"{incident['id']}  {incident['status']}  {incident['title']}")
    say(f"{len(incident['timeline'])} moments, {len(incident['steps'])} steps, {len(incident['excerpts'])} excerpts")
    for task in incident["tasks"]:
        say(f"  {task['due_at'][:10]}  {task['period']}: {task['text']} ({task['owner']})")
