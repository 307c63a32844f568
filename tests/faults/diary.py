"""What processes saw, on disk before they go on: a killed one leaves its diary behind."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

What = Literal["accepted", "cancelling", "ok", "stale"]


class Entry(msgspec.Struct, frozen=True):
    """``fence`` tells claims of one job apart; 0 where there is none."""

    what: What
    id: str
    fence: int = 0


class Diary:
    """One file that all processes of a stage append to, a line an entry."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, what: What, id: str, fence: int = 0) -> None:
        with self._path.open("ab", buffering=0) as file:
            file.write(msgspec.json.encode(Entry(what, id, fence)) + b"\n")

    def read(self) -> list[Entry]:
        if not self._path.exists():
            return []
        return [msgspec.json.decode(line, type=Entry) for line in self._path.read_bytes().splitlines()]

    def list_ids(self, what: What) -> set[str]:
        """Which jobs this was written of."""
        return {entry.id for entry in self.read() if entry.what == what}

    def list_doubles(self) -> set[str]:
        """Jobs of which two claims were told that their outcome was recorded."""
        fences: dict[str, set[int]] = {}
        for entry in self.read():
            if entry.what == "ok":
                fences.setdefault(entry.id, set()).add(entry.fence)
        return {job for job, recorded in fences.items() if len(recorded) > 1}
