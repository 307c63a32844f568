"""Writing for a run that must not be lost: a full disk is waited for, not given up on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog

from gonogo.kernel.db.database import DatabaseBusy, DatabaseFailed, Tx
from gonogo.kernel.kernel import Kernel

T = TypeVar("T")

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0
_FULL = "disk is full"

log = structlog.get_logger()


async def write_surely(kernel: Kernel, run: str, change: Callable[[Tx], T]) -> T:
    """The value of ``change`` once it is committed, however long the disk is full or the database busy.

    What has happened in the world has to reach the journal: trying again later is the only way that loses nothing.
    """
    pause = FIRST_PAUSE_S
    while True:
        try:
            return await kernel.db.write(change)
        except Exception as error:
            if not _may_pass(error):
                raise
            log.warning(
                "the journal of a release can't be written; trying again", run=run, pause_s=pause, why=str(error)
            )
        await kernel.clock.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_S)


def _may_pass(error: Exception) -> bool:
    return isinstance(error, DatabaseBusy | DatabaseFailed) or _FULL in str(error)
