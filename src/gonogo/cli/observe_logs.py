"""``gonogo observe logs``: files that Gonogo follows."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from gonogo.cli.connection import open_gonogo
from gonogo.cli.options import AsJson
from gonogo.cli.output import say, show_json, show_table
from gonogo.cli.values import write_local

Name = Annotated[str | None, Parameter(help="Which log's lines to print; every log's counts when absent.")]
Level = Annotated[Literal["error", "warning", "info", "debug", "other"] | None, Parameter(help="Only such lines.")]
Limit = Annotated[int, Parameter(help="How many lines at most.")]


def logs(name: Name = None, /, *, level: Level = None, limit: Limit = 20, json: AsJson = False) -> None:
    """List watched logs with their counts of the last five minutes, or the lines that were kept of one.

    Example: gonogo observe logs shop --level error
    """
    with open_gonogo() as gonogo:
        found = gonogo.observe.logs() if name is None else gonogo.observe.excerpts(name, level, limit)
    if json:
        show_json(found)
    elif name is None:
        rows = [
            (
                one["name"],
                str(one["lines"]),
                str(one["levels"]["error"]),
                str(one["levels"]["warning"]),
                f"{one['error_rate']:g} %",
                " ".join(f"{pattern} {count}" for pattern, count in one["patterns"].items()),
                one["problem"] or one["path"],
            )
            for one in found
        ]
        headings = ("log", "lines", "errors", "warnings", "error rate", "patterns", "file")
        show_table(headings, rows, empty="No log is watched: name one in gonogo.toml as [logs.shop].")
    else:
        for one in reversed(found):
            say(f"{write_local(one['timestamp'])}  {one['level']:<8} {one['line']}")
