"""Scrape targets."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.observe.models import targets
from gonogo.observe.schemas import NewTarget, Target


def list_targets(tx: Tx) -> list[Target]:
    """Every target by name."""
    return [Target(**row) for row in tx.execute(select(targets).order_by(targets.c.name)).mappings()]


def find_target(tx: Tx, name: str) -> Target | None:
    """One target."""
    row = tx.execute(select(targets).where(targets.c.name == name)).mappings().first()
    return Target(**row) if row else None


def insert_target(tx: Tx, new: NewTarget, actor: Actor) -> Target:
    """Keep a new target."""
    at = format_instant(tx.clock.now())
    row = {"name": new.name, "url": new.url, "every_s": new.every_s, "prefix": new.prefix}
    target = Target(**row, created_at=at, created_by=actor.name)  # type: ignore[arg-type]
    tx.execute(insert(targets).values(**row, created_at=at, created_by=actor.name))
    return target


def delete_target(tx: Tx, name: str) -> bool:
    """Whether there was such a target."""
    return tx.execute(delete(targets).where(targets.c.name == name)).rowcount == 1
