"""Files that only their owner can read."""

from __future__ import annotations

import os
from pathlib import Path

_PRIVATE = 0o600


def create_private(path: Path) -> int:
    """Open a new file that only its owner can read; the caller closes the descriptor."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, _PRIVATE)


def write_private(path: Path, text: str) -> None:
    """Write a small file atomically, readable by its owner only."""
    beside = path.with_name(f".{path.name}.new")
    write_new(beside, text)
    beside.replace(path)


def write_new(path: Path, text: str = "") -> None:
    """Write a file that nobody reads before this is done, readable by its owner only."""
    descriptor = create_private(path)
    try:
        os.write(descriptor, text.encode("utf-8", "surrogateescape"))
    finally:
        os.close(descriptor)
