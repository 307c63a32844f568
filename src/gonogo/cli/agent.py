"""``gonogo agent``: observe this machine for a Gonogo elsewhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gonogo.cli.exits import CannotRun

Server = Annotated[str | None, Parameter(help="Address of the Gonogo to report to; GONOGO_URL when absent.")]
Key = Annotated[str | None, Parameter(help="API key of role operator; GONOGO_API_KEY when absent, which hides it.")]
Name = Annotated[str | None, Parameter(help="Name of this machine there; its host name when absent.")]
Buffer = Annotated[Path | None, Parameter(help="File for what is not delivered yet (GONOGO_HOME/agent.db).")]


def agent(*, server: Server = None, key: Key = None, name: Name = None, buffer: Buffer = None) -> None:
    """Observe this machine, and stay until Ctrl-C. What the server can't take now waits on disk.

    Example: gonogo agent --server https://gonogo.example --key gnk_…
    """
    server, key = server or os.environ.get("GONOGO_URL"), key or os.environ.get("GONOGO_API_KEY")
    if not server or not server.startswith(("http://", "https://")):
        raise CannotRun("Name the server: gonogo agent --server https://gonogo.example, or set GONOGO_URL.")
    if not key:
        raise CannotRun(
            "Give a key: --key, or GONOGO_API_KEY. At the server, "
            "`gonogo keys create NAME --scope observe:write --host NAME` creates one."
        )
    home = Path(os.environ.get("GONOGO_HOME") or ".gonogo").expanduser().absolute()
    words = [
        sys.executable,
        "-m",
        "gonogo.observe.agent",
        "--server",
        server,
        "--buffer",
        str(buffer or home / "agent.db"),
    ]
    if name:
        words += ["--name", name]
    # The process that stays must hold no more than it needs: this one's command line leaves its memory.
    os.execve(sys.executable, words, {**os.environ, "GONOGO_API_KEY": key})
