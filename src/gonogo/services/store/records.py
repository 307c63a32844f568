"""What is remembered of each service."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.services.models import services
from gonogo.services.schemas import Record


def list_records(tx: Tx) -> dict[str, Record]:
    """Every service that was ever started, by name."""
    return {row["name"]: Record(**row) for row in tx.execute(select(services)).mappings()}


def find_record(tx: Tx, name: str) -> Record | None:
    """One of them."""
    row = tx.execute(select(services).where(services.c.name == name)).mappings().first()
    return Record(**row) if row else None


def save_record(tx: Tx, name: str, **values: Any) -> None:
    """Change these columns of a service's record; a new one is made with them."""
    now = format_instant(tx.clock.now())
    fresh = {"name": name, "wanted": "up", "base": "", "seen": 0} | values | {"updated_at": now}
    tx.execute(
        insert(services).values(fresh).on_conflict_do_update(index_elements=["name"], set_=values | {"updated_at": now})
    )
