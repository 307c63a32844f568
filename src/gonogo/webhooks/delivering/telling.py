"""Turning events of the log into deliveries: read from a stored place on, so that a killed process misses none."""

from __future__ import annotations

from functools import partial

from gonogo.kernel.db.database import Database, Tx
from gonogo.kernel.db.event_log import find_events
from gonogo.kernel.events.event import Event
from gonogo.webhooks.globs import matches_any
from gonogo.webhooks.own_events import can_tell, make_message
from gonogo.webhooks.store.cursors import get_cursor, move_cursor
from gonogo.webhooks.store.endpoints import list_subscribers
from gonogo.webhooks.store.messages import find_message, insert_message

PAGE = 500
LONGEST_UNWRITTEN = 5000
"""Events nobody wants that are passed over before their place is written down; reading them twice does no harm."""


class Teller:
    """Reads the log for one deliverer."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._globs: frozenset[str] = frozenset({"*"})
        self._place: int | None = None
        self._written = 0
        self._busy = False

    def wants(self, event: Event) -> bool:
        """Whether somebody subscribes to this event; while the log is read, who does is not known."""
        return self._busy or self._is_wanted(event)

    async def tell(self) -> None:
        """Turn everything new in the log into deliveries."""
        self._busy = True
        try:
            while await self._tell_page():
                pass
        finally:
            self._busy = False

    def _is_wanted(self, event: Event) -> bool:
        return can_tell(event) and matches_any(self._globs, event.name)

    async def _tell_page(self) -> bool:
        if self._place is None:
            self._place = self._written = await self._db.read(get_cursor)
        events, self._globs = await self._db.read(partial(_read_page, after=self._place))
        if not events:
            return False
        last = events[-1].seq or self._place
        wanted = [event for event in events if self._is_wanted(event)]
        if wanted or last - self._written >= LONGEST_UNWRITTEN:
            moved = await self._db.write(partial(_tell_events, events=wanted, before=self._written, after=last))
            # Another deliverer was here first: its place counts.
            self._place = self._written = last if moved else await self._db.read(get_cursor)
        else:
            self._place = last
        return len(events) == PAGE


def _read_page(tx: Tx, after: int) -> tuple[list[Event], frozenset[str]]:
    # From one snapshot: an endpoint that was there when an event happened is seen beside it.
    globs = frozenset(glob for one in list_subscribers(tx) for glob in one.events)
    return find_events(tx, after=after, limit=PAGE), globs


def _tell_events(tx: Tx, events: list[Event], before: int, after: int) -> bool:
    if not move_cursor(tx, before, after):
        return False
    subscribers = list_subscribers(tx)
    for event in events:
        if find_message(tx, event.id) is None:
            insert_message(tx, make_message(event), subscribers)
    return True
