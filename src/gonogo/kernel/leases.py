"""Leases: a lock with a holder and an end, so that a crashed holder never leaves it behind.

Every time a lease changes hands its ``fence`` grows by one; a write that carries an older fence is stale.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
from sqlalchemy import select, update

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.kernel.db.tables import leases
from gonogo.kernel.errors import Conflict


class LeaseHeld(Conflict):
    """Somebody else holds the lease and it has not run out."""

    type, title = "lease-held", "Somebody else holds this"


class Lease(msgspec.Struct, frozen=True):
    """Who holds ``name`` until when (UTC instant)."""

    name: str
    holder: str
    fence: int
    expires_at: str


def acquire_lease(tx: Tx, name: str, holder: str, ttl: timedelta) -> Lease:
    """Take ``name``, or prolong it when ``holder`` has it already. Raises ``LeaseHeld``."""
    now = format_instant(tx.clock.now())
    expires_at = format_instant(tx.clock.now() + ttl)
    current = find_lease(tx, name)
    if current is None:
        tx.execute(leases.insert().values(name=name, holder=holder, fence=1, expires_at=expires_at))
        return Lease(name, holder, 1, expires_at)
    if current.holder != holder and current.expires_at > now:
        raise LeaseHeld(
            f"'{name}' is held by {current.holder} until {current.expires_at} at the latest.",
            holder=current.holder,
            expires_at=current.expires_at,
        )
    fence = current.fence + (current.holder != holder)
    change = update(leases).where(leases.c.name == name)
    tx.execute(change.values(holder=holder, fence=fence, expires_at=expires_at))
    return Lease(name, holder, fence, expires_at)


def release_lease(tx: Tx, name: str, holder: str) -> None:
    """Let go of ``name`` if ``holder`` has it. The row stays, so that the next holder's fence is a higher one."""
    match = (leases.c.name == name, leases.c.holder == holder)
    tx.execute(update(leases).where(*match).values(holder="", expires_at=format_instant(tx.clock.now())))


def find_lease(tx: Tx, name: str) -> Lease | None:
    """The lease as stored, expired or not; a released one has no ``holder``."""
    row = tx.execute(select(leases).where(leases.c.name == name)).mappings().first()
    return Lease(**row) if row else None
