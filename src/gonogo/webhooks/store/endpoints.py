"""Endpoints as rows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import insert, select, update

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.webhooks.models import endpoints
from gonogo.webhooks.schemas import Endpoint

_HIDDEN = frozenset({"headers", "keys"})
_SHOWN = [column for column in endpoints.c if column.name not in _HIDDEN]


class Subscriber(msgspec.Struct, frozen=True):
    """Who wants which event types, since when."""

    id: str
    events: tuple[str, ...]
    created_at: str


class Sealed(msgspec.Struct, frozen=True):
    """What only sending needs of an endpoint: its sealed keys and headers."""

    keys: str
    headers: str


def list_endpoints(tx: Tx) -> list[Endpoint]:
    """Every endpoint that was not removed, oldest first."""
    query = select(*_SHOWN).where(endpoints.c.state != "removed").order_by(endpoints.c.id)
    return [_make_endpoint(row) for row in tx.execute(query).mappings()]


def find_endpoint(tx: Tx, id: str) -> Endpoint | None:
    """One endpoint, removed ones left out."""
    query = select(*_SHOWN).where(endpoints.c.id == id, endpoints.c.state != "removed")
    row = tx.execute(query).mappings().first()
    return _make_endpoint(row) if row is not None else None


def find_sealed(tx: Tx, id: str) -> Sealed | None:
    """The sealed parts of an endpoint."""
    row = tx.execute(select(endpoints.c["keys"], endpoints.c.headers).where(endpoints.c.id == id)).mappings().first()
    return Sealed(**row) if row is not None else None


def list_subscribers(tx: Tx) -> list[Subscriber]:
    """Every active endpoint with what it wants."""
    query = select(endpoints.c.id, endpoints.c.events, endpoints.c.created_at).where(endpoints.c.state == "active")
    return [Subscriber(row.id, _read_globs(row.events), row.created_at) for row in tx.execute(query)]


def insert_endpoint(tx: Tx, endpoint: Endpoint, sealed: Sealed) -> None:
    """Keep a new endpoint."""
    row = _make_row(msgspec.structs.asdict(endpoint))
    tx.execute(insert(endpoints).values(**row, **msgspec.structs.asdict(sealed)))


def update_endpoint(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of an endpoint; its version grows, so that deliverers read it anew."""
    row = _make_row(values) | {"updated_at": format_instant(tx.clock.now()), "version": endpoints.c.version + 1}
    tx.execute(update(endpoints).where(endpoints.c.id == id).values(**row))


def note_failing(tx: Tx, id: str, *, since: str | None, last: str | None, warned: int) -> None:
    """Remember how an endpoint fares; that changes nothing about it, so its version stays."""
    change = update(endpoints).where(endpoints.c.id == id)
    tx.execute(change.values(failing_since=since, last_failed_at=last, warned=warned))


def _make_row(values: Mapping[str, Any]) -> dict[str, Any]:
    lists = {name: msgspec.json.encode(values[name]).decode() for name in ("events", "header_names") if name in values}
    return {**values, **lists}


def _make_endpoint(row: Any) -> Endpoint:
    values = dict(row)
    for name in ("events", "header_names"):
        values[name] = msgspec.json.decode(values[name])
    return Endpoint(**values)


@lru_cache(maxsize=1000)
def _read_globs(text: str) -> tuple[str, ...]:
    return msgspec.json.decode(text, type=tuple[str, ...])
