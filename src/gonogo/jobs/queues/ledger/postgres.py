"""A queue in Postgres as the ledger."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gonogo.jobs.queues.ledger.port import LivePage
from gonogo.jobs.queues.library.outcome import Outcome
from gonogo.jobs.queues.library.queue import LibraryQueue
from gonogo.jobs.queues.library.records import write


class PostgresLedger(LibraryQueue):
    """The steps of Postgres, and those that only a ledger needs."""

    async def settle(self, epoch: int, outcomes: Sequence[Outcome]) -> frozenset[str]:
        told = [_tell(outcome) for outcome in outcomes]
        taken = await self._ask("settle", tuple[str, ...], patient=True, items=len(told), epoch=epoch, outcomes=told)
        return frozenset(taken)

    async def list_live(self, since_ms: int, after: str, limit: int) -> LivePage:
        return await self._ask("list_live", LivePage, patient=True, since=since_ms, after=after, limit=limit)

    async def find_epoch(self) -> int:
        return await self._ask("find_epoch", int, patient=True)

    async def begin_epoch(self) -> int:
        return await self._ask("begin_epoch", int, patient=True)


def _tell(outcome: Outcome) -> dict[str, object]:
    told: dict[str, object] = msgspec.to_builtins(outcome)
    told |= {name: write(told[name]) for name in ("message", "value", "error")}
    return told | {"lines": [write(line) for line in outcome.lines]}
