"""Waiting until something holds, within a limit: what is waited for here makes no event of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")
DEADLINE_S = 30.0
LOOK_S = 0.005


async def wait_until(holds: Callable[[], Any]) -> None:
    """Let the loop go on until it holds."""
    async with asyncio.timeout(DEADLINE_S):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)


async def wait_for(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until the answer is not empty; the answer."""
    async with asyncio.timeout(DEADLINE_S):
        while not (answer := await ask()):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)
    return answer
