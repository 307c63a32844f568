"""All SQL of follow-up tasks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, not_, or_, select, update

from gonogo.kernel.db.database import Tx
from gonogo.releases.follow_up_schemas import FollowUp, Which
from gonogo.releases.models import follow_ups, incidents


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


def list_due_steps(tx: Tx, now: str, since: str) -> list[FollowUp]:
    """Steps of open incidents that are due, and were not called since ``since``. Tasks of days and weeks are none."""
    later = [follow_ups.c.period.like(f"{unit} %") for unit in ("day", "week", "month")]
    called = or_(follow_ups.c.reminded_at.is_(None), follow_ups.c.reminded_at <= since)
    query = select(follow_ups).join(incidents, incidents.c.id == follow_ups.c.incident)
    query = query.where(incidents.c.status == "open", follow_ups.c.done_at.is_(None), follow_ups.c.due_at <= now)
    query = query.where(called, not_(or_(*later))).order_by(follow_ups.c.due_at, follow_ups.c.id)
    return [FollowUp(**row) for row in tx.execute(query).mappings()]


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
