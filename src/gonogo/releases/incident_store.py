"""All SQL of incidents."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import RowMapping, insert, select, update

from gonogo.kernel.db.database import Tx
from gonogo.releases.incident_schemas import Incident
from gonogo.releases.models import incidents


def insert_incident(tx: Tx, values: dict[str, Any]) -> None:
    tx.execute(insert(incidents).values(**values))


def update_incident(tx: Tx, id: str, values: dict[str, Any]) -> None:
    tx.execute(update(incidents).where(incidents.c.id == id).values(**values))


def find_incident(tx: Tx, id: str) -> Incident | None:
    """One incident, without its tasks."""
    row = tx.execute(select(incidents).where(incidents.c.id == id)).mappings().first()
    return _read(row) if row else None


def find_of_run(tx: Tx, run: str) -> str | None:
    """The id of an incident about this run, open or closed."""
    found: str | None = tx.execute(select(incidents.c.id).where(incidents.c.run == run).limit(1)).scalar()
    return found


def list_incidents(tx: Tx, limit: int = 100) -> list[Incident]:
    """Open ones first, the newest of each kind on top."""
    query = select(incidents).order_by(incidents.c.status.desc(), incidents.c.id.desc()).limit(limit)
    return [_read(row) for row in tx.execute(query).mappings()]


def _read(row: RowMapping) -> Incident:
    # The keys of a row are names with quoting rules, which is more than msgspec takes for a text.
    return msgspec.convert({str(name): value for name, value in row.items()}, Incident)
