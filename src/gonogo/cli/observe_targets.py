"""``gonogo observe targets``: programs whose Prometheus text becomes signals."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table

Every = Annotated[int | None, Parameter(help="Seconds between two fetches; 15 when absent.")]
Prefix = Annotated[str | None, Parameter(help="What to put before the names, such as shop.")]
app = App(name="targets", help="Scrape targets: list, add, remove.")


@app.command(name="list")
def list_targets(*, json: AsJson = False) -> None:
    """List every target: when it was last fetched, how many series it gave, and what went wrong.

    Example: gonogo observe targets list
    """
    with open_gonogo() as gonogo:
        found = gonogo.observe.targets()
    if json:
        show_json(found)
        return
    rows = [
        (one["name"], f"{one['every_s']} s", one["last_at"] or "never", str(one["series"]), one["url"], one["problem"])
        for one in found
    ]
    headings = ("target", "every", "last fetched", "series", "address", "problem")
    show_table(headings, rows, empty="There are no targets: gonogo observe targets add shop http://shop:9100/metrics")


@app.command
def add(name: str, url: str, /, *, every: Every = None, prefix: Prefix = None) -> None:
    """Fetch an address's Prometheus text from now on.

    Example: gonogo observe targets add shop http://127.0.0.1:9100/metrics --prefix shop
    """
    with open_gonogo() as gonogo:
        gonogo.observe.add_target(name, url, every, prefix)
    say(f"{name} is fetched from now on.")


@app.command
def remove(name: str, /) -> None:
    """Fetch it no more.

    Example: gonogo observe targets remove shop
    """
    with open_gonogo() as gonogo:
        gonogo.observe.remove_target(name)
    say(f"{name} is fetched no more.")
