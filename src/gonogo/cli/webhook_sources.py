"""``gonogo webhooks sources`` and what belongs to them: whose hooks are taken in."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table
from gonogo.cli.signals import read_pair

Kind = Annotated[
    Literal["standard", "github", "stripe", "slack", "generic"], Parameter(help="How its hooks are signed.")
]
Secret = Annotated[str, Parameter(help="The sender's secret; made here when absent.")]
Job = Annotated[str, Parameter(help="Type of the job that is made of each hook, such as mirror.pull.")]
Option = Annotated[list[str] | None, Parameter(help="How a generic one signs, as header=X-Signature; may be repeated.")]
OnlySource = Annotated[str | None, Parameter(help="Only this source's.")]


def sources(*, json: AsJson = False) -> None:
    """List whose hooks are taken in.

    Example: gonogo webhooks sources
    """
    with open_gonogo() as gonogo:
        found = gonogo.webhooks.sources()
    if json:
        show_json(found)
        return
    rows = [(s["name"], s["kind"], s["path"], s["job"], str(s["received"]), s["last_at"] or "never") for s in found]
    headings = ("name", "kind", "path", "job", "hooks", "newest")
    show_table(headings, rows, empty="There are no sources: gonogo webhooks add-source github --kind github")


def add_source(
    name: str, /, *, kind: Kind, secret: Secret = "", option: Option = None, job: Job = "", json: AsJson = False
) -> None:
    """Take somebody's hooks in. A generated secret is shown, this once.

    Example: gonogo webhooks add-source github --kind github
    """
    with open_gonogo() as gonogo:
        source = gonogo.webhooks.add_source(name, kind, secret, options=dict(map(read_pair, option or [])), job=job)
    if json:
        show_json(source)
        return
    say(f"Hooks of {source['name']} come in at {source['path']}.")
    if source["secret"]:
        say(f"Its secret, shown this once: {source['secret']}")


def remove_source(name: str, /) -> None:
    """Take its hooks in no more; those that came stay until they are too old.

    Example: gonogo webhooks remove-source github
    """
    with open_gonogo() as gonogo:
        gonogo.webhooks.remove_source(name)
    say(f"{name} is removed.")


def received(*, source: OnlySource = None, limit: int = 50, json: AsJson = False) -> None:
    """List hooks that came in, newest first.

    Example: gonogo webhooks received --source github
    """
    with open_gonogo() as gonogo:
        page = gonogo.webhooks.received(source, limit=limit)
    if json:
        show_json(page.items)
        return
    rows = [(h["at"], h["source"], h["type"], h["external_id"], h["id"]) for h in page.items]
    show_table(("when", "source", "type", "id there", "id"), rows, empty="Nothing came in.")
