"""How far the event log was read for webhooks."""

from __future__ import annotations

from sqlalchemy import select, update

from gonogo.kernel.db.database import Tx
from gonogo.webhooks.models import cursors

EVENT_LOG = "event_log"


def get_cursor(tx: Tx) -> int:
    """The place of the last event that was turned into deliveries, or needed none."""
    place: int = tx.execute(select(cursors.c.seq).where(cursors.c.name == EVENT_LOG)).scalar_one()
    return place


def move_cursor(tx: Tx, before: int, after: int) -> bool:
    """Move on from ``before``; False when another process has read on meanwhile."""
    mine = (cursors.c.name == EVENT_LOG, cursors.c.seq == before)
    return tx.execute(update(cursors).where(*mine).values(seq=after)).rowcount == 1
