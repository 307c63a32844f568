"""Naming a run: its whole id is long, so its end or ``last`` will do."""

from __future__ import annotations

from typing import Any

from gonogo.cli.exits import CannotRun
from gonogo.client.gonogo import Gonogo

SHORTEST = 4
WHOLE = 36


def find_run(gonogo: Gonogo, name: str) -> Any:
    """The run that is meant. Raises ``CannotRun`` when none is, or more than one."""
    runs = gonogo.releases.list(limit=200).items
    if name == "last" and runs:
        return runs[0]
    matching = [run for run in runs if run["id"] == name or (len(name) >= SHORTEST and run["id"].endswith(name))]
    if len(matching) > 1:
        raise CannotRun(f"{len(matching)} runs end in '{name}'. Give more of the id.")
    if not matching and len(name) == WHOLE:
        return gonogo.releases.show(name)
    if not matching:
        raise CannotRun(f"There is no run '{name}'. `gonogo releases list` shows them.")
    return matching[0]


def get_run_id(gonogo: Gonogo, name: str) -> str:
    """The whole id of a run. Raises ``CannotRun``."""
    found: str = find_run(gonogo, name)["id"]
    return found
