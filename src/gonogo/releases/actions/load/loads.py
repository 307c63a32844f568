"""The loads of this process, second by second: what a release's page draws, and how one in the background is ended."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import datetime

import msgspec

from gonogo.releases.actions.load.figures import Figures

_KEPT = 20


class Moment(msgspec.Struct, frozen=True):
    """The second before ``at``: how many requests came to their end in it, and how many of these failed."""

    at: datetime
    requests: int
    failed: int


class Load:
    """One load, for the release ``run`` or by hand. ``figures`` are there once it has come to its end.

    ``seq`` is the newest event when it began: what happened under it comes after that.
    """

    def __init__(self, name: str, run: str | None, began: datetime, seq: int) -> None:
        self.name, self.run, self.began, self.seq = name, run, began, seq
        self.moments: list[Moment] = []
        self.figures: Figures | None = None
        self.ending = asyncio.Event()
        self._over = asyncio.Event()

    @property
    def is_under_way(self) -> bool:
        return not self._over.is_set()

    @property
    def sent(self) -> int:
        """Requests that came to their end so far."""
        return self.figures.sent if self.figures else sum(moment.requests for moment in self.moments)

    @property
    def failed(self) -> int:
        """Those of them that failed."""
        return self.figures.failed if self.figures else sum(moment.failed for moment in self.moments)

    def finish(self) -> None:
        """Nothing more will come."""
        self._over.set()

    async def end(self) -> None:
        """Send no more, and wait for the last answers."""
        self.ending.set()
        await self._over.wait()


class Loads:
    """The last loads. They are gone when the process ends, and so are those that were under way."""

    def __init__(self) -> None:
        self._loads: deque[Load] = deque(maxlen=_KEPT)

    def begin(self, name: str, run: str | None, at: datetime, seq: int) -> Load:
        """A load that begins now."""
        load = Load(name, run, at, seq)
        self._loads.append(load)
        return load

    def list_of(self, run: str | None) -> list[Load]:
        """The loads of a release, oldest first."""
        return [load for load in self._loads if load.run == run]

    def end_of(self, run: str) -> None:
        """The release is over: what it still sends is not needed any more."""
        for load in self.list_of(run):
            load.ending.set()
