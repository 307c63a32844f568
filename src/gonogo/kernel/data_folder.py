"""The data folder: found upwards as git does, for its owner's eyes only, and never part of somebody's repository."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

NAME = ".gonogo"
_MARKS = ("gonogo.db", "server.lock")
_OTHERS = 0o077
_IGNORE_ALL = "# Keys, passwords and the database: nothing of this folder belongs in a repository.\n*\n"


def prepare_folder(folder: Path) -> None:
    """Create ``folder`` if need be, close it to other users, and keep git out of it. Raises ``OSError``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & _OTHERS:
        folder.chmod(0o700)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text(_IGNORE_ALL, encoding="utf-8")


def find_data_folder(start: Path) -> Path | None:
    """The ``.gonogo`` of this folder or of the nearest one above it; None when there is none.

    One that lies above and belongs to another user is passed over: it could lead to a server of theirs.
    """
    return next((folder for folder in _list_candidates(start) if is_data_folder(folder)), None)


def is_data_folder(folder: Path) -> bool:
    """Whether a Gonogo has kept its data here."""
    return any((folder / mark).exists() for mark in _MARKS)


def _list_candidates(start: Path) -> Iterator[Path]:
    yield start / NAME
    for above in start.parents:
        if _is_own(above / NAME):
            yield above / NAME


def _is_own(folder: Path) -> bool:
    try:
        owner = folder.stat().st_uid
    except OSError:
        return False
    return owner in (os.geteuid(), int(os.environ.get("SUDO_UID") or -1))
