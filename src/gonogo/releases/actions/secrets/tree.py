"""Which files of a tree are looked at."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from gonogo.releases.actions.backup.errors import BackupDamaged
from gonogo.releases.actions.backup.manifest import MANIFEST, read_manifest

_MOST_BYTES = 1024 * 1024
_SKIPPED_FOLDERS = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__", ".gonogo", "dist", "build"})
# Hashes of packages and code for browsers are full of what looks random, and hold nobody's credentials.
_SKIPPED_ENDS = (".lock", ".min.js", ".min.css", ".map", ".svg", "-lock.json", "package-lock.json")


def list_sources(root: Path, own: Path) -> list[str]:
    """The text files below ``root``, relative to it: those git knows of or would, else all.

    ``own`` is Gonogo's data folder, which holds its own keys and is nobody's source.
    """
    found = ((path, root / path) for path in _list_all(root))
    return sorted(path for path, place in found if own not in place.parents and _is_source(place))


def _list_all(root: Path) -> Iterator[str]:
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode == 0:
            yield from (name for name in done.stdout.decode("utf-8", "surrogateescape").split("\0") if name)
            return
    except FileNotFoundError:
        pass  # without git every file is looked at
    for path in root.rglob("*"):
        if not _SKIPPED_FOLDERS.intersection(path.relative_to(root).parts):
            yield str(path.relative_to(root))


def _is_source(path: Path) -> bool:
    if path.name.endswith(_SKIPPED_ENDS) or path.is_symlink() or not path.is_file():
        return False
    if path.stat().st_size > _MOST_BYTES:
        return False
    with path.open("rb") as stream:
        if b"\0" in stream.read(4096):
            return False
    return path.name != MANIFEST or not _is_manifest(path)


def _is_manifest(path: Path) -> bool:
    """Whether it is a backup's, unaltered: its hashes look random, too. The copies beside it are looked at."""
    try:
        read_manifest(path.read_bytes(), str(path))
    except BackupDamaged:
        return False
    return True
