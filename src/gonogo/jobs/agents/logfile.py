"""Reading an agent's log: its end, and what has come since."""

from __future__ import annotations

from pathlib import Path

import msgspec

PIECE = 64 * 1024


class LogPart(msgspec.Struct, frozen=True):
    """Some of a log. ``next_offset`` (bytes) asks for what comes after; ``complete`` when that is nothing yet."""

    text: str
    next_offset: int
    complete: bool


def read_log(path: Path, offset: int = 0) -> LogPart:
    """What was written after ``offset``; the last piece of the file for 0, or when the file was begun anew."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return LogPart("", 0, True)
    fresh = offset <= 0 or offset > size
    start = max(0, size - PIECE) if fresh else offset
    with path.open("rb") as file:
        file.seek(start)
        piece = file.read(PIECE)
    piece = piece[: piece.rfind(b"\n") + 1]
    reached = start + len(piece)
    if fresh and start:
        piece = piece[piece.find(b"\n") + 1 :]
    return LogPart(piece.decode(errors="replace"), reached, reached >= size)
