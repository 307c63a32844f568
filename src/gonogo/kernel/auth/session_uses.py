"""When sessions were last used: noted in memory with every request, written down once a minute."""

from __future__ import annotations

from functools import partial

from gonogo.kernel.auth.session_store import note_uses
from gonogo.kernel.clock import Clock, format_instant
from gonogo.kernel.db.database import Database

WRITE_EVERY_S = 60.0
MOST = 10_000


class SessionUses:
    """The sessions used since the last writing."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._seen: dict[str, str] = {}

    def note(self, login_id: str) -> None:
        """A request came in this session."""
        if login_id in self._seen or len(self._seen) < MOST:
            self._seen[login_id] = format_instant(self._clock.now())

    async def write(self) -> None:
        """Write down what was noted."""
        seen, self._seen = self._seen, {}
        if seen:
            await self._db.write(partial(note_uses, seen=seen))
