"""From the raw spool a command writes to, to the masked evidence that people read."""

from __future__ import annotations

import os
from pathlib import Path

from gonogo.releases.shell.masking import Masker

_CHUNK = 1 << 20
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


class Spool:
    """One output stream of one command: ``raw`` is what the command writes, ``kept`` what stays."""

    def __init__(self, raw: Path, kept: Path, masker: Masker) -> None:
        self._raw, self.kept, self._masker = raw, kept, masker
        self._offset = 0
        self._held = b""
        self.size = 0

    def open(self) -> int:
        """Create both files and return the descriptor the command writes to."""
        os.close(create_private(self.kept))
        return create_private(self._raw)

    def restart(self) -> None:
        """Start the masked file anew from the raw one, after a server that was killed in between."""
        os.close(create_private(self.kept))

    def advance(self) -> bool:
        """Move what has arrived into the masked file; True when that file grew."""
        before = self.size
        if self._raw.stat().st_size == self._offset:
            return False
        with self._raw.open("rb") as stream:
            stream.seek(self._offset)
            while chunk := stream.read(_CHUNK):
                self._offset += len(chunk)
                self._take(chunk)
        return self.size > before

    def finish(self, masker: Masker) -> None:
        """Write the rest and drop the raw spool. ``masker`` may know secrets that the command itself made."""
        self.advance()
        if masker is not self._masker:
            self._write_again(masker)
        elif self._held:
            self._append(self._held)
        self._held = b""
        self._raw.unlink()

    def _take(self, chunk: bytes) -> None:
        data = self._held + chunk
        cut = self._masker.find_cut(data)
        self._append(data[:cut])
        self._held = data[cut:]

    def _append(self, data: bytes) -> None:
        if not data:
            return
        masked = self._masker.mask(data)
        with self.kept.open("ab") as stream:
            stream.write(masked)
        self.size += len(masked)

    def _write_again(self, masker: Masker) -> None:
        beside = self.kept.with_name(f".{self.kept.name}.new")
        masked = masker.mask(self._raw.read_bytes())
        descriptor = create_private(beside)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(masked)
        beside.replace(self.kept)
        self.size = len(masked)
