"""Connections that outlive their handshake end with the login that opened them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.errors import NotSignedIn, Problem
from gonogo.kernel.events.bus import Bus
from gonogo.kernel.tasks import Tasks

CHECK_EVERY_S = 15.0
_TASK = "check logins of live connections"

Identify = Callable[[], Awaitable[Actor]]
OnEnd = Callable[[], None]


class LoginWatch:
    """Identifies whoever holds a live connection again: when people or keys change, and regularly for expiry."""

    def __init__(self, bus: Bus, tasks: Tasks) -> None:
        self._tasks = tasks
        self._connections: dict[object, tuple[Identify, OnEnd]] = {}
        for topic in ("person", "key"):
            bus.listen(topic, lambda _event: self._check_soon())
        tasks.repeat(_TASK, CHECK_EVERY_S, self.check)

    @contextmanager
    def follow(self, identify: Identify, on_end: OnEnd) -> Iterator[None]:
        """Call ``on_end`` once if ``identify`` raises NotSignedIn while the block runs."""
        connection = object()
        self._connections[connection] = (identify, on_end)
        try:
            yield
        finally:
            self._connections.pop(connection, None)

    async def check(self) -> None:
        """Identify every connection again and end those whose login is gone."""
        for connection, (identify, on_end) in tuple(self._connections.items()):
            if connection in self._connections and not await _is_signed_in(identify):
                self._connections.pop(connection, None)
                on_end()

    def _check_soon(self) -> None:
        if self._connections:
            self._tasks.spawn(_TASK, self.check())


async def _is_signed_in(identify: Identify) -> bool:
    try:
        await identify()
    except NotSignedIn:
        return False
    except Problem:
        # Another refusal says nothing about the login; the next check decides.
        return True
    return True
