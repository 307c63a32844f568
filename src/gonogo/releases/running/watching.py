"""How much of a soak was really watched: seconds of data for each of its thresholds, kept through a restart."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import msgspec

from gonogo.kernel.clock import format_instant, parse_instant
from gonogo.releases.shell.private import write_private

LONGEST_LOOK_S = 60.0
ENOUGH = 0.9
_KEEP_EVERY_S = 30.0


class _Seen(msgspec.Struct):
    looked_at: str
    seconds: dict[str, float]


class Coverage:
    """Adds up, look by look, how long each threshold of one soak had data. Two looks count as one stretch when they
    lie at most a minute apart and both had data."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = _read(path)
        self._had_data: frozenset[str] = frozenset()
        self._kept_at = 0.0

    def note(self, now: datetime, with_data: Collection[str]) -> None:
        """A look at ``now`` found data for these."""
        last = parse_instant(self._seen.looked_at) if self._seen.looked_at else now
        passed = (now - last).total_seconds()
        if 0 < passed <= LONGEST_LOOK_S:
            for key in self._had_data.intersection(with_data):
                self._seen.seconds[key] = self._seen.seconds.get(key, 0.0) + passed
        self._seen.looked_at = format_instant(now)
        self._had_data = frozenset(with_data)
        if abs(now.timestamp() - self._kept_at) >= _KEEP_EVERY_S:
            self._keep(now)

    def find_blind(self, keys: Collection[str], duration_s: float) -> dict[str, float]:
        """Those of ``keys`` that had data for too little of the soak, with the seconds they had some."""
        seconds = {key: self._seen.seconds.get(key, 0.0) for key in keys}
        return {key: seen for key, seen in seconds.items() if seen < ENOUGH * duration_s}

    def _keep(self, now: datetime) -> None:
        self._kept_at = now.timestamp()
        write_private(self._path, msgspec.json.encode(self._seen).decode())


def _read(path: Path) -> _Seen:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Seen)
    except (FileNotFoundError, msgspec.DecodeError):
        return _Seen("", {})
