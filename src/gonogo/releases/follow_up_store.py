"""All SQL of follow-up tasks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from gonogo.kernel.db.database import Tx
from gonogo.releases.follow_up_schemas import FollowUp, Which
from gonogo.releases.models import follow_ups


def insert_follow_up(tx: Tx, values: dict[str, Any]) -> None:
    tx.execute(insert(follow_ups).values(**values))


def find_follow_up(tx: Tx, id: str) -> FollowUp | None:
    """One task."""
    row = tx.execute(select(follow_ups).where(follow_ups.c.id == id)).mappings().first()
    return FollowUp(**row) if row else None


def find_of_item(tx: Tx, run: str, item: str) -> FollowUp | None:
    """The task that an item of a run became."""
    match = (follow_ups.c.run == run, follow_ups.c.item == item)
    row = tx.execute(select(follow_ups).where(*match)).mappings().first()
    return FollowUp(**row) if row else None


def finish_follow_up(tx: Tx, id: str, values: dict[str, Any]) -> None:
    tx.execute(update(follow_ups).where(follow_ups.c.id == id).values(**values))


def list_follow_ups(tx: Tx, which: Which, now: str, *, incident: str | None = None, limit: int = 200) -> list[FollowUp]:
    """Tasks by their due date; done ones newest first. ``now`` is a UTC instant."""
    query = select(follow_ups).limit(limit)
    done = follow_ups.c.done_at
    if which == "done":
        query = query.where(done.is_not(None)).order_by(done.desc(), follow_ups.c.id)
    else:
        query = query.order_by(follow_ups.c.due_at, follow_ups.c.id)
    if which in ("due", "open"):
        query = query.where(done.is_(None))
    if which == "due":
        query = query.where(follow_ups.c.due_at <= now)
    if incident is not None:
        query = query.where(follow_ups.c.incident == incident)
    return [FollowUp(**row) for row in tx.execute(query).mappings()]
