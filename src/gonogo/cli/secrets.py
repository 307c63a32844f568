"""``gonogo secrets``."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from gonogo.cli.calling import call_action
from gonogo.cli.options import AsJson

Tree = Annotated[str, Parameter(help="The folder to look through.")]
Allow = Annotated[str | None, Parameter(help="File of what may stay; .gonogo-secrets.toml of the folder when absent.")]
Update = Annotated[bool, Parameter(help="Add what is found to that file.")]
app = App(name="secrets", help="Look for credentials that are written into files.")


@app.command
def scan(path: Tree = ".", /, *, allow: Allow = None, update: Update = False, json: AsJson = False) -> int:
    """Look through the files of a folder; each credential is told with its file and line.

    Example: gonogo secrets scan src
    """
    return call_action("secrets.scan", {"path": path, "allow": allow, "update": update}, json=json)
