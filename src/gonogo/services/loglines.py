"""Reading what a service printed: the end, a search, and what has come since a place that was seen."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import msgspec

MOST_LINES = 2000
LONGEST = 1 << 20
"""Bytes of one answer."""


class LogPart(msgspec.Struct, frozen=True):
    """Some of a log. ``next_offset`` asks for what comes after it; ``complete`` when that is nothing yet."""

    text: str
    next_offset: str
    complete: bool


def read_end(path: Path, lines: int, search: str = "") -> LogPart:
    """The last ``lines`` lines, older files included; with ``search`` those that contain it, whatever their case."""
    wanted = search.casefold()
    found: deque[str] = deque(maxlen=lines)
    for file in reversed(list_files(path)):
        with file.open(encoding="utf-8", errors="replace") as stream:
            found.extend(line for line in stream if wanted in line.casefold())
    return LogPart("".join(found), _name_end(path), True)


def cut_text(text: str, search: str) -> LogPart:
    """A text as a part that nothing follows; with ``search`` only the lines that contain it."""
    wanted = search.casefold()
    return LogPart("".join(line for line in text.splitlines(keepends=True) if wanted in line.casefold()), "0", True)


def read_after(path: Path, offset: str) -> LogPart:
    """What was printed after ``offset``; from the oldest file that is left when that one is gone."""
    inode, _, place = offset.partition(":")
    files = list_files(path)
    at = next((index for index, file in enumerate(files) if str(file.stat().st_ino) == inode), None)
    if at is None or not place.isdecimal():
        return read_end(path, MOST_LINES)
    file = files[at]
    with file.open("rb") as stream:
        stream.seek(int(place))
        piece = stream.read(LONGEST)
    piece = piece[: piece.rfind(b"\n") + 1]
    if not piece and at > 0:
        return LogPart("", f"{files[at - 1].stat().st_ino}:0", False)
    reached = int(place) + len(piece)
    complete = at == 0 and reached >= file.stat().st_size
    return LogPart(piece.decode(errors="replace"), f"{inode}:{reached}", complete)


def list_files(path: Path) -> list[Path]:
    """The file that is written to and those put aside, newest first."""
    return list(_name_files(path))


def _name_files(path: Path) -> Iterator[Path]:
    number = 0
    while (file := path if number == 0 else path.with_name(f"{path.name}.{number}")).exists():
        yield file
        number += 1


def _name_end(path: Path) -> str:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return "0"
    return f"{stat.st_ino}:{stat.st_size}"
