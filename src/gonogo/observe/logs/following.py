"""Following one file through rotation by rename, by truncation and through a restart: every line once.

A place is told by the file's identity, how far it was read, and its first bytes: a name, an inode or a length alone
may come back with another content.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

HEAD = 256
"""First bytes by which a file is known again."""
CHUNK = 1024 * 1024
LONGEST_LINE = 64 * 1024
"""A line that is longer is read in pieces, so that a file without line ends is read too."""
_LARGEST = (1 << 63) - 1
Identity = tuple[int, int]


class Place(msgspec.Struct, frozen=True):
    """Which file, and up to which byte it was read. ``head`` are its first bytes, of those that were read."""

    device: int
    inode: int
    offset: int
    head: bytes


NOWHERE = Place(0, 0, 0, b"")
"""No file yet: whatever comes is read from its beginning."""


class Piece(msgspec.Struct, frozen=True):
    """Some whole lines, and the place after them."""

    data: bytes
    place: Place


class Follower:
    """Reads what is new in a file. ``place`` is where to go on; who keeps a piece sets it."""

    def __init__(self, path: Path, place: Place | None = None) -> None:
        self.path = path
        self.place = place
        self._open: tuple[Identity, BinaryIO] | None = None

    def skip(self) -> Place:
        """Begin at the end of the file as it is now; gives that place."""
        file = self._find_current()
        if file is None:
            self.place = NOWHERE
        else:
            status = os.fstat(file.fileno())
            end = _find_line_end(file, status.st_size)
            self.place = Place(*_identify(status), end, _read_head(file, end))
        return self.place

    def sign(self) -> object:
        """What is another value when there may be something new to read."""
        held = None if self._open is None else os.fstat(self._open[1].fileno()).st_size
        status = _find_status(self.path)
        return held, status and (_identify(status), status.st_size, status.st_mtime_ns)

    def read(self) -> Iterator[Piece]:
        """Whole lines that are new, a megabyte at a time: first the rest of a file that was renamed away."""
        rotated = self._find_rotated()
        if rotated is not None:
            status = _find_status(self.path)
            # Whoever writes goes on with the old file until it has opened the new one.
            moved_on = status is not None and status.st_size > 0
            yield from self._read_file(rotated, to_end=moved_on)
            if not moved_on:
                return
            self.close()
        current = self._find_current()
        if current is not None:
            yield from self._read_file(current, to_end=False)

    def close(self) -> None:
        """Let go of the file."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def _read_file(self, file: BinaryIO, *, to_end: bool) -> Iterator[Piece]:
        status = os.fstat(file.fileno())
        offset = self.place.offset if self.place is not None and _is_same(file, status, self.place) else 0
        while offset < status.st_size:
            file.seek(offset)
            data = _cut_lines(file.read(min(CHUNK, status.st_size - offset)), whole=to_end)
            if not data:
                return
            offset += len(data)
            yield Piece(data, Place(*_identify(status), offset, _read_head(file, offset)))

    def _find_current(self) -> BinaryIO | None:
        status = _find_status(self.path)
        if status is None:
            return None
        if self._open is None or self._open[0] != _identify(status):
            self.close()
            file = self.path.open("rb")
            self._open = _identify(os.fstat(file.fileno())), file
        return self._open[1]

    def _find_rotated(self) -> BinaryIO | None:
        place, status = self.place, _find_status(self.path)
        if place is None or (status is not None and _identify(status) == (place.device, place.inode)):
            return None
        if self._open is None or self._open[0] != (place.device, place.inode):
            found = _search_folder(self.path, place)
            if found is None:
                return None
            self.close()
            self._open = (place.device, place.inode), found
        return self._open[1]


def _search_folder(path: Path, place: Place) -> BinaryIO | None:
    # After a restart: the file that was read may lie beside the new one under another name.
    for entry in path.parent.iterdir() if path.parent.is_dir() else ():
        status = _find_status(entry)
        if status is not None and _identify(status) == (place.device, place.inode):
            file = entry.open("rb")
            if _is_same(file, os.fstat(file.fileno()), place):
                return file
            file.close()
    return None


def _find_status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _identify(status: os.stat_result) -> Identity:
    # As the database keeps whole numbers; some file systems use all 64 bits.
    return status.st_dev & _LARGEST, status.st_ino & _LARGEST


def _is_same(file: BinaryIO, status: os.stat_result, place: Place) -> bool:
    if _identify(status) != (place.device, place.inode) or status.st_size < place.offset:
        return False
    return _read_head(file, place.offset) == place.head


def _read_head(file: BinaryIO, offset: int) -> bytes:
    file.seek(0)
    return file.read(min(HEAD, offset))


def _cut_lines(data: bytes, *, whole: bool) -> bytes:
    end = data.rfind(b"\n") + 1
    if whole and len(data) < CHUNK:
        return data
    return data if end == 0 and len(data) >= LONGEST_LINE else data[:end]


def _find_line_end(file: BinaryIO, size: int) -> int:
    start = max(0, size - LONGEST_LINE)
    file.seek(start)
    end = file.read(size - start).rfind(b"\n") + 1
    return start + end if end or not start else size
