"""The port below ``LibraryQueue``: a database that runs steps, each indivisible, and rings when there is work."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class EpochLost(Exception):
    """The database lost what it held, or was filled anew, since the asker last looked."""


class Bell(Protocol):
    """Rings when work may have come for one of the keys that were listened for."""

    async def wait(self, seconds: float) -> None:
        """Return at the first ring since the listening began, or after ``seconds``."""
        ...


class Engine(Protocol):
    """Questions and answers are JSON. Raises ``QueueUnavailable`` when the database can't be reached."""

    async def ask(
        self, step: str, question: bytes, *, rings: Collection[str] = (), patient: bool = False, items: int = 0
    ) -> bytes | str:
        """Run one step, then ring ``rings``. Asking again after a lost reply is safe.

        ``patient`` callers are workers, who rather wait for seconds than fail; others get an answer at once.
        ``items`` of work in the question lengthen the time that the step may take.
        """
        ...

    async def ring(self, keys: Collection[str]) -> None:
        """Wake whoever listens for one of ``keys``."""
        ...

    def listen(self, keys: Collection[str]) -> AbstractAsyncContextManager[Bell]:
        """Hear every ring for ``keys`` from now on."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
