"""The last question before something is changed."""

from __future__ import annotations

import sys

from gonogo.cli.exits import CannotRun


def confirm(question: str) -> None:
    """Ask the person at the terminal. Raises ``CannotRun`` when they say no, or when nobody is there."""
    if not sys.stdin.isatty():
        raise CannotRun("Nobody is here to say yes. Look at it first, then add --yes.")
    try:
        answer = input(f"{question} [y/N] ").strip().lower()
    except EOFError:
        answer = ""
    if answer not in ("y", "yes"):
        raise CannotRun("Nothing was changed.")
