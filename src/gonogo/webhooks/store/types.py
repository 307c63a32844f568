"""Event types as rows."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, insert, select

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.webhooks.models import event_types
from gonogo.webhooks.schemas import EventType, NewType


def list_types(tx: Tx) -> list[EventType]:
    """Every declared type by name."""
    rows = tx.execute(select(event_types).order_by(event_types.c.name)).mappings()
    return [EventType(**{**row, "schema": msgspec.json.decode(row["schema"])}) for row in rows]


def find_schema(tx: Tx, name: str) -> str | None:
    """The schema of a type as JSON text; None for a type that nobody declared."""
    return tx.execute(select(event_types.c.schema).where(event_types.c.name == name)).scalar()


def save_type(tx: Tx, new: NewType, by: str) -> None:
    """Declare a type, or give it another schema."""
    delete_type(tx, new.name)
    schema = msgspec.json.encode(new.schema).decode()
    row = {"name": new.name, "description": new.description, "schema": schema}
    tx.execute(insert(event_types).values(**row, created_at=format_instant(tx.clock.now()), created_by=by))


def delete_type(tx: Tx, name: str) -> bool:
    """Whether there was such a type."""
    return tx.execute(delete(event_types).where(event_types.c.name == name)).rowcount == 1
