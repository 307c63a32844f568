"""Moves that may take longer than a request should: waited for a while, then left to go on by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from gonogo.kernel.errors import Problem
from gonogo.kernel.kernel import Kernel

T = TypeVar("T")
PATIENCE_S = 20.0


async def wait_some(kernel: Kernel, name: str, move: Coroutine[Any, Any, T]) -> T | None:
    """What the move gives; None when it still goes on after ``PATIENCE_S``. Raises its ``Problem``."""

    async def carry_out() -> T | Problem:
        try:
            return await move
        except Problem as problem:
            return problem

    task = kernel.tasks.spawn(name, carry_out())
    await asyncio.wait({task}, timeout=PATIENCE_S)
    if not task.done():
        return None
    result: T | Problem = task.result()
    if isinstance(result, Problem):
        raise result
    return result
