"""``gonogo releases``: runs, and what people do in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter
from rich.text import Text

from gonogo.cli.connection import is_embedded, open_gonogo
from gonogo.cli.ending import exit_code, write_elapsed
from gonogo.cli.following import follow_run
from gonogo.cli.options import AsJson, RunName
from gonogo.cli.output import make_console, say, show_json, show_table
from gonogo.cli.runs import get_run_id
from gonogo.cli.telling import MARKS
from gonogo.cli.values import write_local, write_took
from gonogo.client.gonogo import Gonogo

ItemName = Annotated[str, Parameter(help="An item's id, as `gonogo releases show` has it, such as p2.3.")]
Limit = Annotated[int, Parameter(help="How many at most, up to 200.")]
Note = Annotated[str, Parameter(help="Words for the record.")]
Reason = Annotated[str, Parameter(help="Why; it goes into the record.")]
As = Annotated[str | None, Parameter(name="--as", help="Who did it, when that is not you.")]
Decision = Annotated[Literal["go", "no-go", "hold"], Parameter(help="go, no-go or hold.")]
STANDS = {"waiting": "waiting for a person", "rolling_back": "rolling back"}
app = App(name="releases", help="List runs; tick, sign, decide, skip, retry, stop.")


@app.command(name="list")
def list_runs(*, limit: Limit = 20, json: AsJson = False) -> None:
    """List runs, newest first.

    Example: gonogo releases list
    """
    with open_gonogo() as gonogo:
        page, embedded = gonogo.releases.list(limit=limit), is_embedded(gonogo)
    if json:
        show_json(page)
        return
    rows = [describe_run(run, embedded) for run in page.items]
    headings = ("run", "checklist", "environment", "stands", "started", "by")
    show_table(headings, rows, empty="Nothing has been run yet: gonogo run RELEASE.md")


@app.command
def show(run: RunName, /, *, json: AsJson = False) -> None:
    """Show a run with every item and where it stands.

    Example: gonogo releases show last
    """
    with open_gonogo() as gonogo:
        release, embedded = gonogo.releases.show(get_run_id(gonogo, run)), is_embedded(gonogo)
    if json:
        show_json(release)
        return
    console = make_console()
    stands = describe_status(release, embedded)
    console.print(Text.assemble((release["title"], "bold"), f"  {stands} {write_elapsed(release)}"))
    console.print(Text(f"run {release['id']}, started by {release['started_by_name']} in {release['workdir']}", "dim"))
    for phase in release["phases"]:
        console.print()
        console.print(Text(phase["title"], "bold"))
        for item in phase["items"]:
            console.print(draw_item(item))


@app.command
def tick(
    run: RunName, item: ItemName, /, *more: ItemName, note: Note = "", as_: As = None, json: AsJson = False
) -> None:
    """Say that an item for people is done, or several at once with one note.

    Example: gonogo releases tick last p1.2 p1.3 --note "told support on the phone"
    """
    items = (item, *more)
    if more:
        act(run, items, json, lambda gonogo, key: gonogo.releases.tick_many(key, items, note, as_))
    else:
        act(run, items, json, lambda gonogo, key: gonogo.releases.tick(key, item, note, as_))


@app.command
def sign(run: RunName, item: ItemName, /, *, note: Note = "", as_: As = None, json: AsJson = False) -> None:
    """Sign for a role, as whoever `gonogo login` signed in; not who started the run, unless there is one account.

    Example: gonogo releases sign last p7.1 --note "read the report"
    """
    act(run, item, json, lambda gonogo, key: gonogo.releases.sign(key, item, note, as_))


@app.command
def decide(
    run: RunName, item: ItemName, decision: Decision, /, *, note: Note = "", as_: As = None, json: AsJson = False
) -> None:
    """GO, NO-GO or hold at a gate.

    Example: gonogo releases decide last p6.1 go --note "all graphs are flat"
    """
    said = decision.replace("-", "_")
    act(run, item, json, lambda gonogo, key: gonogo.releases.decide(key, item, said, note, as_))


@app.command
def skip(run: RunName, item: ItemName, /, *, reason: Reason, as_: As = None, json: AsJson = False) -> None:
    """Leave an item out, with a reason.

    Example: gonogo releases skip last p3.2 --reason "there is no cache in staging"
    """
    act(run, item, json, lambda gonogo, key: gonogo.releases.skip(key, item, reason, as_))


@app.command
def retry(run: RunName, item: ItemName, /, *, note: Note = "", as_: As = None, json: AsJson = False) -> None:
    """Try a failed, lost or unclear item again.

    Example: gonogo releases retry last p3.2
    """
    act(run, item, json, lambda gonogo, key: gonogo.releases.retry(key, item, note, as_))


@app.command
def take_over(run: RunName, item: ItemName, /, *, note: Note, as_: As = None, json: AsJson = False) -> None:
    """Say that a person did by hand what the machine could not.

    Example: gonogo releases take-over last p3.2 --note "restarted it on the console"
    """
    act(run, item, json, lambda gonogo, key: gonogo.releases.take_over(key, item, note, as_))


@app.command
def resolve(run: RunName, item: ItemName, /, *, note: Note = "", as_: As = None, json: AsJson = False) -> None:
    """Take the result of a command that ended while no server was there to see it.

    Example: gonogo releases resolve last p3.2
    """
    act(run, item, json, lambda gonogo, key: gonogo.releases.resolve(key, item, note, as_))


@app.command(name="run")
def run_item(run: RunName, item: ItemName, /, *, note: Note = "", as_: As = None, json: AsJson = False) -> None:
    """Run a command that only runs when somebody chooses it.

    Example: gonogo releases run last p4.5
    """
    act(run, item, json, lambda gonogo, key: gonogo.releases.run_item(key, item, note, as_))


@app.command
def stop(run: RunName, /, *, reason: Reason = "") -> int:
    """End a run where it is, without rolling back. Exit code 1: it counts as NO-GO.

    Example: gonogo releases stop last --reason "wrong version"
    """
    with open_gonogo() as gonogo:
        found = gonogo.releases.show(get_run_id(gonogo, run))
        gonogo.releases.stop(found["id"], reason)
        return follow_run(gonogo, found["id"], attended=False, name=None, since=found["head_seq"])


def act(run: str, item: str | tuple[str, ...], json: bool, move: Callable[[Gonogo, str], Any]) -> None:
    """Carry out one move and say where its items stand afterwards."""
    items = (item,) if isinstance(item, str) else item
    with open_gonogo() as gonogo:
        key = get_run_id(gonogo, run)
        move(gonogo, key)
        release = gonogo.releases.show(key)
        embedded = is_embedded(gonogo)
    if json:
        show_json(release)
        return
    for found in (each for phase in release["phases"] for each in phase["items"] if each["id"] in items):
        make_console().print(draw_item(found))
    way = f" `gonogo resume {key}` goes on with it." if embedded and release["status"] != "finished" else ""
    say(f"The run is {describe_status(release, embedded)}.{way}")


def describe_run(run: Any, embedded: bool) -> tuple[str, ...]:
    """One row of the list."""
    stands, started = describe_status(run, embedded), write_local(run["started_at"])
    return run["id"], run["title"], run["environment"] or "", stands, started, run["started_by_name"]


def describe_status(run: Any, embedded: bool) -> str:
    """GO, NO-GO, or what the run is at. Without a server nobody is at it: it rests until it is resumed."""
    if run["status"] == "finished":
        return "NO-GO" if exit_code(run) else "GO"
    if embedded and run["status"] in ("running", "rolling_back"):
        return "resting"
    return STANDS.get(run["status"], str(run["status"]))


def draw_item(item: Any) -> Text:
    """One item: mark, id, kind, words, and what became of it."""
    state = item["state"]
    mark, style = MARKS.get(state["status"], ("·", "dim"))
    said = [item["command"] or item["text"]]
    if state["by"]:
        said.append(f"{state['by']}{': ' + state['note'] if state['note'] else ''}")
    elif state["why"]:
        said.append(state["why"])
    if state["duration_s"] is not None:
        said.append(write_took(state["duration_s"]))
    return Text.assemble(" ", (mark, style), (f" {item['id']:<7} {item['kind']:<8} ", "dim"), " — ".join(said))
