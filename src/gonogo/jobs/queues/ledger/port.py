"""What a queue in SQL must know besides, to be the ledger of a queue in Redis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from gonogo.jobs.queue import Queue
from gonogo.jobs.queues.library.outcome import Outcome
from gonogo.jobs.schemas import Job


class Kept(msgspec.Struct, frozen=True):
    """A live job as the ledger knows it."""

    job: Job
    at: int
    due: int
    attempt: int
    fence: int
    error: str = ""


class LivePage(msgspec.Struct, frozen=True):
    """``after`` is where the next page begins; None when this is the last."""

    kept: tuple[Kept, ...]
    after: str | None


class Ledger(Queue, Protocol):
    """A queue whose jobs are handed out elsewhere."""

    async def settle(self, epoch: int, outcomes: Sequence[Outcome]) -> frozenset[str]:
        """Write down outcomes, one a job, committed when it returns. The ids of those that it took.

        It refuses a job that ended otherwise before, and everything from another epoch than its own.
        """
        ...

    async def list_live(self, since_ms: int, after: str, limit: int) -> LivePage:
        """Jobs taken in since then that have not ended. ``after`` is empty for the first page."""
        ...

    async def find_epoch(self) -> int:
        """How many times Redis was filled anew; 0 before the first."""
        ...

    async def begin_epoch(self) -> int:
        """Count one up; outcomes of the epochs before are refused from now on."""
        ...
