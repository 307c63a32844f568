"""What reading may know of the place where a checklist will run, handed in by the caller."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Surroundings(NamedTuple):
    """``exists`` says whether a program is on PATH, or a path is there, seen from the folder of the run.

    Without it, the vocabulary of programs decides. ``variables`` are the names that are set when the run starts.
    """

    exists: Callable[[str], bool] | None = None
    variables: frozenset[str] = frozenset()
