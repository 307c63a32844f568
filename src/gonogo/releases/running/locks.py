"""One deploy lock per target: a lease that its run prolongs, so a crashed holder frees it by itself."""

from __future__ import annotations

from datetime import timedelta

import structlog

from gonogo.kernel.config import Config
from gonogo.kernel.db.database import Tx
from gonogo.kernel.leases import LeaseHeld, acquire_lease, release_lease
from gonogo.releases import store
from gonogo.releases.deciding.state import RunState
from gonogo.releases.errors import TargetLocked
from gonogo.releases.record.files import find_folder
from gonogo.releases.record.ledger import Ledger
from gonogo.releases.shell.files import AttemptFiles
from gonogo.releases.shell.orphan import inspect_orphan

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


def check_left_behind(tx: Tx, config: Config, ledger: Ledger, target: str, run: str) -> None:
    """Refuse a target that another run has left half-way, or where a command of it still runs. Raises TargetLocked.

    A lease runs out with its server. The command that was under way goes on without both, and what was released or
    rolled back in part stays so until somebody resumes or stops that run.
    """
    for other in store.list_on_target(tx, target, but=run):
        at = ledger.get(tx, other)
        if _is_half_way(at.state):
            doing = (
                "in the middle of its rollback" if at.state.rollback is not None else "after it had changed something"
            )
            raise TargetLocked(
                f"Release {other} stopped on '{target}' {doing}, and would go on there. "
                f"Resume it, or end it with: gonogo stop {other}",
                holder=other,
            )
        for key, seen in at.state.items.items():
            if seen.status in ("running", "unknown") and _goes_on(config, other, key, seen.attempt):
                item = at.course.items[key]
                raise TargetLocked(
                    f"Release {other} left a command running on '{target}' (line {item.line}: {item.text}). "
                    f"Wait for its end, or end it with: gonogo stop {other}",
                    holder=other,
                )


def _is_half_way(state: RunState) -> bool:
    if state.rollback is not None:
        return True
    return state.changed and state.status == "held"


def _goes_on(config: Config, run: str, item: str, attempt: int) -> bool:
    return inspect_orphan(AttemptFiles(find_folder(config, run), item, attempt)).state == "running"


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
