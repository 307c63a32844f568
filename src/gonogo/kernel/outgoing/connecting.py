"""aiohttp's connections behind the guard. Loaded with aiohttp, when the first webhook is sent."""

from __future__ import annotations

import socket
from typing import Any

from aiohttp import TCPConnector, ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

from gonogo.kernel.outgoing.guard import Guard

KEPT_S = 30
"""How long a connection waits to be used again."""


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


def make_connector(guard: Guard, resolver: AbstractResolver | None = None, **options: Any) -> TCPConnector:
    """A connector that reaches only what ``guard`` permits, by way of ``resolver`` or the system's own."""
    guarded = GuardedResolver(guard, resolver or ThreadedResolver())
    options = {"limit": 0, "keepalive_timeout": KEPT_S, **options}
    return TCPConnector(resolver=guarded, socket_factory=guard.open_socket, **options)
