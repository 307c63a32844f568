"""The state file of a keeper, and the newest things that happened, in order."""

from __future__ import annotations

import os
import time
from collections import deque
from pathlib import Path
from typing import Any

import msgspec

from gonogo.services.state import Entry, KeeperState

KEPT = 200


class Journal:
    """Entries with their numbers, which are higher than those of every earlier keeper of the service."""

    def __init__(self, last: int = 0) -> None:
        self._last = max(last, int(time.time() * 1000))
        self._entries: deque[Entry] = deque(maxlen=KEPT)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries)

    def add(self, name: str, **data: Any) -> Entry:
        """Write one down."""
        self._last += 1
        entry = Entry(seq=self._last, at=time.time(), name=name, data=data)
        self._entries.append(entry)
        return entry


def write_state(path: Path, state: KeeperState) -> None:
    """Replace the state file, readable by its owner only."""
    beside = path.with_name(f".{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(msgspec.json.encode(state))
    beside.replace(path)


def find_state(path: Path) -> KeeperState | None:
    """What the last keeper wrote; None when there was none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=KeeperState)
    except FileNotFoundError:
        return None
