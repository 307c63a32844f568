"""Calling an action from the command line: its lines as they come, its verdict as the exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gonogo.cli.connection import open_gonogo
from gonogo.cli.exits import CANNOT_RUN, GO, NO_GO
from gonogo.cli.output import say, show_json, warn
from gonogo.client.gonogo import Gonogo

WAIT_S = 10.0
_USAGE = frozenset({"bad-input", "source-unusable"})


def call_action(name: str, options: dict[str, Any], *, json: bool = False) -> int:
    """Carry out an action from this folder on. Exit code 0 when it passed, 1 when not, 2 when it could not be tried."""
    words = {key: write_option(value) for key, value in options.items() if value not in (None, (), "", False)}
    with open_gonogo() as gonogo:
        result = follow_call(gonogo, gonogo.actions.begin(name, words, str(Path.cwd())), quiet=json)
    if json:
        show_json(result)
    elif result["passed"]:
        say(result["summary"])
    else:
        warn(f"gonogo: {result['summary']}")
    if result["passed"]:
        return GO
    return CANNOT_RUN if result["values"].get("problem") in _USAGE else NO_GO


def follow_call(gonogo: Gonogo, call: Any, *, quiet: bool) -> Any:
    """The result of a call, its lines printed as they come."""
    while True:
        if not quiet:
            for line in call["lines"]:
                say(line)
        if call["result"] is not None:
            return call["result"]
        call = gonogo.actions.read(call["id"], call["next_line"], WAIT_S)


def write_option(value: Any) -> str:
    """A value as an annotation would have it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
