"""One deploy lock per target: a lease that its run prolongs, so a crashed holder frees it by itself."""

from __future__ import annotations

from datetime import timedelta

import structlog

from gonogo.kernel.db.database import Tx
from gonogo.kernel.leases import LeaseHeld, acquire_lease, release_lease
from gonogo.releases.errors import TargetLocked

RENEW_EVERY_S = 20.0
_TTL = timedelta(seconds=60)

log = structlog.get_logger()


def lock_target(tx: Tx, target: str, run: str) -> None:
    """Take the deploy lock of a target for a run. Raises TargetLocked."""
    try:
        acquire_lease(tx, _name(target), run, _TTL)
    except LeaseHeld as held:
        raise TargetLocked(
            f"Release {held.extra['holder']} is under way on '{target}'. Wait for it, or stop it first.",
            holder=held.extra["holder"],
        ) from held


def renew_lock(target: str, run: str, tx: Tx) -> None:
    """Prolong the lock of a run that is under way."""
    try:
        acquire_lease(tx, _name(target), run, _TTL)
    except LeaseHeld as held:
        # This process slept past its lease and another run took the target: both show in the log and the list.
        log.warning("deploy lock lost", target=target, run=run, holder=held.extra["holder"])


def unlock_target(tx: Tx, target: str, run: str) -> None:
    """Let go of the lock, if this run has it."""
    release_lease(tx, _name(target), run)


def _name(target: str) -> str:
    return f"deploy:{target}"
