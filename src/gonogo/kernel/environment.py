"""This process's own environment: what it was started with, and which of it nobody else gets to see."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

_PR_SET_DUMPABLE = 4
_TAKEN: dict[str, str] = {}


def read_environment() -> dict[str, str]:
    """The environment, with the variables that ``take_variables`` took out of it."""
    return {**_TAKEN, **os.environ}


def take_variables(names: Iterable[str]) -> None:
    """Take variables out of the environment, so that no child inherits them; ``read_environment`` still has them."""
    found = [name for name in names if name in os.environ]
    for name in found:
        _TAKEN[name] = os.environ.pop(name)
    cover_variables(found)


def cover_variables(names: Iterable[str]) -> None:
    """Cover the values of variables in what the kernel shows of this process (``/proc/PID/environ``)."""
    if sys.platform == "linux":
        _overwrite(names)


def forbid_dumps() -> None:
    """Let no other process of the same user read this one's memory, environment or descriptors in ``/proc``.

    Root still can. Programs that this process starts are not affected.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _overwrite(names: Iterable[str]) -> None:
    # The kernel shows the block that the process was started with; the C library goes on with copies of it.
    wanted = [f"{name}=".encode() for name in names]
    fields = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    start, end = int(fields[47]), int(fields[48])
    if not wanted or not 0 < start < end:
        return
    position = start
    for entry in ctypes.string_at(start, end - start).split(b"\0"):
        mark = next((each for each in wanted if entry.startswith(each)), None)
        if mark is not None:
            name = os.fsdecode(mark[:-1])
            if name in os.environ:
                os.putenv(name, os.environ[name])
            ctypes.memset(position + len(mark), ord("*"), len(entry) - len(mark))
        position += len(entry) + 1
