"""Messages and the deliveries they become, written in the transaction of whoever has something to tell."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import func, insert, select

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.webhooks.globs import matches_any
from gonogo.webhooks.models import deliveries, messages
from gonogo.webhooks.store.endpoints import Subscriber


class Message(msgspec.Struct, frozen=True):
    """What is sent: ``body`` is signed and posted as it is."""

    id: str
    type: str
    at: str
    body: str


def find_message(tx: Tx, id: str) -> Message | None:
    """One message."""
    row = tx.execute(select(messages).where(messages.c.id == id)).first()
    return Message(row.id, row.type, row.at, row.body) if row is not None else None


def count_deliveries(tx: Tx, message_id: str) -> int:
    """To how many endpoints a message goes."""
    query = select(func.count()).select_from(deliveries).where(deliveries.c.message_id == message_id)
    count: int = tx.execute(query).scalar_one()
    return count


def insert_message(tx: Tx, message: Message, subscribers: Sequence[Subscriber]) -> int:
    """Keep a message and a delivery for everybody who wants its type; gives how many."""
    wanting = [one.id for one in subscribers if one.created_at <= message.at and matches_any(one.events, message.type)]
    return address_message(tx, message, wanting)


def address_message(tx: Tx, message: Message, endpoint_ids: Sequence[str]) -> int:
    """Keep a message and its deliveries to these endpoints."""
    tx.execute(insert(messages).values(**msgspec.structs.asdict(message)))
    now = format_instant(tx.clock.now())
    rows = [
        {
            "message_id": message.id,
            "endpoint_id": each,
            "type": message.type,
            "state": "pending",
            "attempts": 0,
            "tries": 0,
            "next_attempt_at": now,
            "leased_by": "",
            "created_at": now,
            "last_error": "",
        }
        for each in endpoint_ids
    ]
    if rows:
        tx.execute(insert(deliveries), rows)
    return len(rows)
