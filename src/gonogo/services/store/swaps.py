"""Swaps and rollbacks, under way and past."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.ids import new_id
from gonogo.services.models import swaps
from gonogo.services.schemas import Swap, SwapKind
from gonogo.services.state import SwapResult


def list_swaps(tx: Tx, service: str | None = None, *, limit: int = 50) -> list[Swap]:
    """The newest first, of one service or of all."""
    found = select(swaps).order_by(swaps.c.started_at.desc(), swaps.c.id.desc()).limit(limit)
    if service is not None:
        found = found.where(swaps.c.service == service)
    return [Swap(**row) for row in tx.execute(found).mappings()]


def insert_swap(tx: Tx, service: str, kind: SwapKind, versions: tuple[str, str], driver: str, actor: Actor) -> str:
    """Note that a swap ``from, to`` begins; its id."""
    fresh = new_id()
    row = {"id": fresh, "service": service, "kind": kind, "from_version": versions[0], "to_version": versions[1]}
    row |= {"driver": driver, "status": "running", "why": "", "started_at": format_instant(tx.clock.now())}
    tx.execute(insert(swaps).values(**row, actor=actor.id, actor_name=actor.name))
    return fresh


def find_running(tx: Tx, service: str) -> Swap | None:
    """The swap of this service that has no end yet."""
    match = (swaps.c.service == service, swaps.c.status == "running")
    row = tx.execute(select(swaps).where(*match).order_by(swaps.c.started_at.desc())).mappings().first()
    return Swap(**row) if row else None


def end_swap(tx: Tx, id: str, result: SwapResult | None, why: str = "", *, refused: bool = False) -> None:
    """Write down how it ended; without a result nothing was moved, for the reason ``why``, or not even tried."""
    ended = "refused" if refused else "failed"
    values = {
        "status": "done" if result is not None and result.moved else ended,
        "why": result.why if result is not None else why,
        "ready_s": result.ready_s if result is not None else None,
        "duration_s": result.duration_s if result is not None else None,
        "finished_at": format_instant(tx.clock.now()),
    }
    tx.execute(update(swaps).where(swaps.c.id == id).values(values))


def get_swap(tx: Tx, id: str) -> Swap:
    """One swap that is known to be there."""
    return Swap(**tx.execute(select(swaps).where(swaps.c.id == id)).mappings().one())
