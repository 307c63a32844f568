"""The pools that the database knows, remembered: a claim names those that it may take from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from gonogo.jobs.queues.library.answers import Pools
from gonogo.jobs.queues.library.engine import Engine
from gonogo.jobs.queues.library.records import digest_pool, name_wake
from gonogo.jobs.rules import choose_pools, read_pool

_Chosen = list[list[str]]


class PoolBook:
    """Asks the database for its pools when it says that these here are outdated."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known = Pools()
        self._chosen: dict[frozenset[str], _Chosen] = {}

    async def refresh(self) -> None:
        """Learn the pools and pauses of this moment."""
        self._known = msgspec.json.decode(await self._engine.ask("pools", b"{}", patient=True), type=Pools)
        self._chosen.clear()

    async def choose(self, capabilities: Sequence[str], n: int, nonce: str) -> dict[str, Any]:
        """A claim of ``n`` jobs, as a step is told it."""
        return {"n": n, "nonce": nonce, "version": self._known.version, "pools": self._choose(capabilities)}

    def name_rings(self, capabilities: Sequence[str]) -> set[str]:
        """What to listen for: one's types, and pools known to need more than a type."""
        return {need for need in capabilities if need.startswith("type=")} | self._ring_pools(
            choose_pools(self._known.names, capabilities, ())
        )

    def all_rings(self) -> set[str]:
        """Whoever could have been waiting."""
        return self._ring_pools(self._known.names)

    def _ring_pools(self, pools: Iterable[str]) -> set[str]:
        return {name_wake(pool) for pool in pools}

    def _choose(self, capabilities: Sequence[str]) -> _Chosen:
        offered = frozenset(capabilities)
        chosen = self._chosen.get(offered)
        if chosen is None:
            names = choose_pools(self._known.names, capabilities, self._known.paused)
            chosen = self._chosen[offered] = [_tell_pool(name) for name in names]
        return chosen


def _tell_pool(name: str) -> list[str]:
    limit_key, _ = read_pool(name)
    return [digest_pool(name)] if limit_key is None else [digest_pool(name), limit_key]
