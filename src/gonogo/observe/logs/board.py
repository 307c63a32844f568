"""Every watched log as it is now: its counts over the last five minutes, and what keeps it from being read."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gonogo.observe.logs.definition import WatchedLog
from gonogo.observe.logs.following import Follower, Piece
from gonogo.observe.logs.lines import Tally, compile_patterns, split_lines, tally_lines

WINDOW_S = 300.0


@dataclass(slots=True)
class LogState:
    """One log: ``problem`` is empty while its file can be read; instants are seconds since the epoch."""

    log: WatchedLog
    follower: Follower
    problem: str = ""
    read_at: float | None = None
    signed: object = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    recent: deque[tuple[float, Counter[str], Counter[str]]] = field(default_factory=deque)

    @property
    def path(self) -> Path:
        """The file."""
        return self.follower.path

    def tally(self, piece: Piece) -> Tally:
        """Count the lines of a piece."""
        return tally_lines(split_lines(piece.data), compile_patterns(self.log.patterns), self.log.excerpts)

    def take(self, at: float, levels: Counter[str], patterns: Counter[str]) -> None:
        """Add counts to the last five minutes."""
        self.recent.append((at, levels, patterns))

    def count_levels(self, now: float) -> Counter[str]:
        """Lines by level of the last five minutes."""
        return self._sum(now, 1)

    def count_patterns(self, now: float) -> Counter[str]:
        """Lines by pattern of the last five minutes."""
        return self._sum(now, 2)

    def _sum(self, now: float, place: int) -> Counter[str]:
        while self.recent and self.recent[0][0] <= now - WINDOW_S:
            self.recent.popleft()
        total: Counter[str] = Counter()
        for entry in self.recent:
            total.update(entry[place])  # type: ignore[arg-type]
        return total


class LogBoard:
    """Every watched log by name."""

    def __init__(self) -> None:
        self._states: dict[str, LogState] = {}

    def __iter__(self) -> Iterator[LogState]:
        return iter(self._states.values())

    def find(self, name: str) -> LogState | None:
        """A log's state; None when there is none of this name."""
        return self._states.get(name)

    def put(self, state: LogState) -> None:
        """Add a log."""
        self._states[state.log.name] = state

    async def close(self) -> None:
        """Watch nothing any more, and let go of every file."""
        states, self._states = self._states, {}
        for state in states.values():
            async with state.lock:
                state.follower.close()
