"""What a service prints, line by line with time and process, in a file that is put aside when it is full."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from gonogo.services.spec import Logs

LONGEST = 1 << 16
"""Bytes of a line; a longer one is broken."""


class LogFile:
    """``printed.log`` and its predecessors ``printed.log.1`` (newest) … ``.N``."""

    def __init__(self, path: Path, policy: Logs) -> None:
        self._path, self.policy = path, policy
        self._open()

    def write(self, source: str, line: bytes) -> None:
        """Add one line. ``source`` is the process it came from."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._size += self._stream.write(f"{at} {source} ".encode() + line + b"\n")
        self._stream.flush()
        if self._size >= self.policy.size:
            self._rotate()

    def close(self) -> None:
        self._stream.close()

    def _open(self) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._stream = os.fdopen(descriptor, "ab")
        self._size = os.fstat(descriptor).st_size

    def _rotate(self) -> None:
        self._stream.close()
        for number in range(self.policy.keep, 0, -1):
            older = self._name(number - 1)
            if older.exists():
                older.replace(self._name(number))
        self._open()

    def _name(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path


class LineCutter:
    """Pieces of output in, whole lines out."""

    def __init__(self) -> None:
        self._rest = b""

    def cut(self, piece: bytes) -> list[bytes]:
        """The lines that this piece completes; at the end an empty piece gives what is left."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if self._rest and (not piece or len(self._rest) > LONGEST):
            lines.append(self._rest)
            self._rest = b""
        return [line.rstrip(b"\r") for line in lines]
