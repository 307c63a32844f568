"""Letting go of what is over and old."""

from __future__ import annotations

from sqlalchemy import delete, select

from gonogo.kernel.db.database import Tx
from gonogo.webhooks.models import attempts, deliveries, messages, minutes, received
from gonogo.webhooks.store.settling import MINUTE

BATCH = 500


def drop_messages(tx: Tx, horizon: str) -> int:
    """Drop some messages older than an instant with all that belongs to them, unless a delivery still waits."""
    waits = select(deliveries.c.message_id).where(
        deliveries.c.message_id == messages.c.id, deliveries.c.state == "pending"
    )
    old = select(messages.c.id).where(messages.c.at < horizon, ~waits.exists()).limit(BATCH)
    ids = list(tx.execute(old).scalars())
    if ids:
        mine = select(deliveries.c.id).where(deliveries.c.message_id.in_(ids))
        tx.execute(delete(attempts).where(attempts.c.delivery_id.in_(mine)))
        tx.execute(delete(deliveries).where(deliveries.c.message_id.in_(ids)))
        tx.execute(delete(messages).where(messages.c.id.in_(ids)))
    return len(ids)


def drop_hooks(tx: Tx, horizon: str) -> int:
    """Drop some hooks that came in before an instant."""
    ids = list(tx.execute(select(received.c.id).where(received.c.at < horizon).limit(BATCH)).scalars())
    if ids:
        tx.execute(delete(received).where(received.c.id.in_(ids)))
    return len(ids)


def drop_minutes(tx: Tx, horizon: str) -> None:
    """Drop sums older than an instant."""
    tx.execute(delete(minutes).where(minutes.c.minute < horizon[:MINUTE]))
