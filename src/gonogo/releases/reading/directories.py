"""Where a `cd` starts: from the folder of the session, or from the folder in which an earlier fence began."""

from __future__ import annotations

import re
from typing import NamedTuple

from gonogo.releases.reading.alternatives import Barrier

_CD = re.compile(r"^(?:cd|pushd)\s+(\S+)")
_CHILD = re.compile(r"^[\"']?\w[\w./-]*[\"']?$")
_ROOTED = re.compile(r"^[\"']?[/~][\w./~-]*[\"']?$")
_RETURNS = re.compile(r"[;&]\s*(?:cd(?:\s+(?:-|\.\.\S*))?|popd)\s*$")


class Entered(NamedTuple):
    """A folder that a fence went into and that nothing came back from. ``starts``: the fence begins by going there."""

    folder: str
    line: int
    fence: str
    starts: bool


class Stray(NamedTuple):
    """A `cd` that may be meant from the folder where an earlier fence began; certainly so without a ``barrier``."""

    fence: str
    barrier: Barrier | None


def find_target(command: str) -> str | None:
    """The folder that a command goes into first."""
    moves = _CD.match(command)
    return moves[1].strip("\"'") if moves else None


def enters(command: str) -> bool:
    """Whether the session is in a named folder after it."""
    moves = _CD.match(command)
    return (
        moves is not None and bool(_CHILD.match(moves[1]) or _ROOTED.match(moves[1])) and not _RETURNS.search(command)
    )


def find_stray(command: str, entered: Entered | None, *, first: bool) -> Stray | None:
    """What a `cd` to a relative folder may start from, after an earlier fence went into a folder.

    ``first``: it is the first command of its fence. Two fences that both begin by going into one folder were
    written from one place.
    """
    moves = _CD.match(command)
    if moves is None or entered is None or not _CHILD.match(moves[1]):
        return None
    target = moves[1].strip("\"'").rstrip("/")
    if entered.folder.startswith(("/", "~")):
        if not f"{entered.folder}/".endswith(f"/{target}/"):
            return None
    elif target == entered.folder and first and entered.starts:
        return Stray(entered.fence, None)
    elif not first:
        return None
    why = f"line {entered.line} went into {entered.folder} and nothing came back: `cd {target}` may be meant from there"
    return Stray(entered.fence, Barrier(f"{why}, or from the folder where that block began", "folder"))
