"""The data folder: for its owner's eyes only, and never part of somebody's repository."""

from __future__ import annotations

from pathlib import Path

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
