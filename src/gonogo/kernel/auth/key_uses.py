"""When keys were used last: noted in passing, written beside the requests and at most once a minute for each."""

from __future__ import annotations

from gonogo.kernel.auth.key_store import record_use
from gonogo.kernel.clock import Clock, format_instant
from gonogo.kernel.db.database import Database
from gonogo.kernel.tasks import Tasks

WRITE_EVERY_S = 60.0
MOST_NOTED = 10_000


class KeyUses:
    """Spawns the write, so that no request waits for it."""

    def __init__(self, db: Database, tasks: Tasks, clock: Clock) -> None:
        self._db = db
        self._tasks = tasks
        self._clock = clock
        self._written: dict[str, float] = {}

    def note(self, key: str) -> None:
        """A key has just been used."""
        now = self._clock.monotonic()
        if now - self._written.get(key, -WRITE_EVERY_S) < WRITE_EVERY_S:
            return
        if len(self._written) >= MOST_NOTED:
            self._written.clear()
        self._written[key] = now
        self._tasks.spawn("record the use of a key", self._write(key, format_instant(self._clock.now())))

    async def _write(self, key: str, at: str) -> None:
        await self._db.write(lambda tx: record_use(tx, key, at))
