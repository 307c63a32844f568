"""What is not delivered yet, on disk: it outlives the agent, the server's absence, and a killed process."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec

from gonogo.observe.schemas import Sample, Snapshot

MOST_SAMPLES = 7 * 17_280
"""A week. When the server stays away for longer, the oldest go, and are counted."""
MOST_SNAPSHOTS = 240
"""Two hours: older snapshots of processes would be thinned anyway."""


class Buffer:
    """A queue of samples and snapshots in one SQLite file, oldest first."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.execute("PRAGMA cache_size = -256")
        for kind in ("samples", "snapshots"):
            self._file.execute(f"CREATE TABLE IF NOT EXISTS {kind} (at INTEGER PRIMARY KEY, body BLOB NOT NULL)")
        self.lost = 0

    def __len__(self) -> int:
        count: int = self._file.execute("SELECT count(*) FROM samples").fetchone()[0]
        return count

    def add_sample(self, sample: Sample) -> None:
        """Queue a sample; a second one of the same five seconds is left out."""
        self._add("samples", sample.at, msgspec.json.encode(sample), MOST_SAMPLES)

    def add_snapshot(self, snapshot: Snapshot) -> None:
        """Queue a snapshot of processes."""
        self._add("snapshots", snapshot.at, msgspec.json.encode(snapshot), MOST_SNAPSHOTS)

    def peek(self, samples: int, snapshots: int) -> tuple[list[Sample], list[Snapshot]]:
        """The oldest of both; they stay until ``drop``."""
        return (
            [msgspec.json.decode(body, type=Sample) for body in self._read("samples", samples)],
            [msgspec.json.decode(body, type=Snapshot) for body in self._read("snapshots", snapshots)],
        )

    def drop(self, samples: Sequence[Sample], snapshots: Sequence[Snapshot]) -> None:
        """Forget what was delivered."""
        self._file.executemany("DELETE FROM samples WHERE at = ?", [(sample.at,) for sample in samples])
        self._file.executemany("DELETE FROM snapshots WHERE at = ?", [(snapshot.at,) for snapshot in snapshots])

    def close(self) -> None:
        self._file.close()

    def _add(self, kind: str, at: int, body: bytes, most: int) -> None:
        self._file.execute(f"INSERT OR IGNORE INTO {kind} VALUES (?, ?)", (at, body))
        beyond = f"DELETE FROM {kind} WHERE at < (SELECT at FROM {kind} ORDER BY at DESC LIMIT 1 OFFSET ?)"
        gone = self._file.execute(beyond, (most - 1,)).rowcount
        self.lost += gone if kind == "samples" else 0

    def _read(self, kind: str, count: int) -> list[bytes]:
        rows = self._file.execute(f"SELECT body FROM {kind} ORDER BY at LIMIT ?", (count,))
        return [body for (body,) in rows]
