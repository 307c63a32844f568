"""Asking until there is an answer: a worker outlasts whatever happens to its queue."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from gonogo.kernel.errors import Unavailable

T = TypeVar("T")
SHORTEST_S, LONGEST_S = 0.05, 5.0
log = structlog.get_logger()


class Patience:
    """Repeats questions that meet ``Unavailable``, with growing pauses; the log hears of changes, not of each try."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._is_away = False

    async def insist(self, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer, whenever it comes."""
        pause = SHORTEST_S
        while True:
            try:
                answer = await ask()
            except Unavailable as error:
                self._note(away=True, why=error.detail)
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))
                pause = min(LONGEST_S, pause * 2)
            else:
                self._note(away=False)
                return answer

    def _note(self, *, away: bool, why: str = "") -> None:
        if away and not self._is_away:
            log.warning("queue does not answer; asking on", worker=self._name, why=why)
        elif self._is_away and not away:
            log.info("queue answers again", worker=self._name)
        self._is_away = away
