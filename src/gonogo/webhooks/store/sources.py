"""Sources of hooks, and the hooks they sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, or_, select

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.ids import new_id
from gonogo.webhooks.inbound.request import Verified
from gonogo.webhooks.models import received, sources
from gonogo.webhooks.schemas import GenericOptions, Hook, HookRecord, NewSource, Source


class StoredSource(msgspec.Struct, frozen=True):
    """A source with its sealed secret."""

    source: Source
    secret: str


def list_sources(tx: Tx) -> list[Source]:
    """Every source by name, with how much it sent."""
    counted = select(received.c.source, func.count(), func.max(received.c.at)).group_by(received.c.source)
    rows: Iterable[Any] = tx.execute(counted)
    counts = {row[0]: (row[1], row[2]) for row in rows}
    found = tx.execute(select(sources).order_by(sources.c.name)).mappings()
    return [_make_source(row, *counts.get(row["name"], (0, None))) for row in found]


def find_source(tx: Tx, name: str) -> StoredSource | None:
    """One source."""
    row = tx.execute(select(sources).where(sources.c.name == name)).mappings().first()
    return StoredSource(_make_source(row), row["secret"]) if row is not None else None


def insert_source(tx: Tx, new: NewSource, secret: str, by: str) -> Source:
    """Keep a new source with its sealed secret."""
    row = {
        "name": new.name,
        "kind": new.kind,
        "description": new.description,
        "secret": secret,
        "options": msgspec.json.encode(new.options).decode(),
        "task": new.job,
        "created_at": format_instant(tx.clock.now()),
        "created_by": by,
    }
    tx.execute(insert(sources).values(**row))
    return _make_source(row)


def delete_source(tx: Tx, name: str) -> bool:
    """Whether there was such a source. What it sent stays until it is too old."""
    return tx.execute(delete(sources).where(sources.c.name == name)).rowcount == 1


def insert_hook(tx: Tx, source: str, verified: Verified, headers: dict[str, str], body: bytes) -> Hook | None:
    """Keep a hook as it came; None when this one was here before, by its id or by what its sender signed."""
    same = received.c.external_id == verified.id
    if verified.digest is not None:
        same = or_(same, received.c.digest == verified.digest)
    if tx.execute(select(received.c.id).where(received.c.source == source, same)).first() is not None:
        return None
    row = {"id": new_id(), "source": source, "external_id": verified.id, "type": verified.type}
    at = format_instant(tx.clock.now())
    kept = msgspec.json.encode(headers).decode()
    tx.execute(insert(received).values(**row, at=at, headers=kept, body=body, digest=verified.digest))
    return Hook(**row, at=at, size=len(body))


def list_hooks(tx: Tx, *, source: str | None = None, before: str | None = None, limit: int = 50) -> list[Hook]:
    """Newest first, older than the hook ``before``."""
    query = select(*_HOOK)
    if source is not None:
        query = query.where(received.c.source == source)
    if before is not None:
        query = query.where(received.c.id < before)
    return [Hook(**row) for row in tx.execute(query.order_by(received.c.id.desc()).limit(limit)).mappings()]


def find_hook(tx: Tx, id: str) -> HookRecord | None:
    """One hook with its head and body; bytes that are no text are shown as such."""
    row = tx.execute(select(*_HOOK, received.c.headers, received.c.body).where(received.c.id == id)).mappings().first()
    if row is None:
        return None
    hook = Hook(**{name: row[name] for name in Hook.__struct_fields__})
    body = row["body"].decode("utf-8", errors="backslashreplace")
    return HookRecord(hook=hook, headers=msgspec.json.decode(row["headers"]), body=body)


_HOOK = [
    *(received.c[name] for name in ("id", "source", "external_id", "type", "at")),
    func.length(received.c.body).label("size"),
]


def _make_source(row: Any, count: int = 0, last_at: str | None = None) -> Source:
    values = {name: row[name] for name in ("name", "kind", "description", "created_at", "created_by")}
    options = msgspec.json.decode(row["options"], type=GenericOptions)
    return Source(
        **values, job=row["task"], options=options, path=f"/hooks/{row['name']}", received=count, last_at=last_at
    )
