"""A resolver that hands on only addresses that may be connected to. Loaded with aiohttp, when first needed."""

from __future__ import annotations

import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from gonogo.webhooks.guard import Guard


class GuardedResolver(AbstractResolver):
    """Asks ``inner`` and drops what the guard refuses."""

    def __init__(self, guard: Guard, inner: AbstractResolver) -> None:
        self._guard = guard
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The permitted addresses of ``host``. Raises ``AddressRefused``."""
        found = await self._inner.resolve(host, port, family)
        kept = set(self._guard.sift(host, [answer["host"] for answer in found]))
        return [answer for answer in found if answer["host"] in kept]

    async def close(self) -> None:
        """Close the inner resolver."""
        await self._inner.close()
