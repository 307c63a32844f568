"""The rounds of every check: each has a task of its own, so a slow one delays no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from gonogo.kernel.kernel import Kernel
from gonogo.observe.checks.board import CheckState

AT_ONCE = 20
"""Addresses that are asked at the same time."""
log = structlog.get_logger()
Ask = Callable[[Kernel, CheckState], Awaitable[object]]


class Rounds:
    """Asks each check at its own pace, beginning at once. ``ask`` makes one round and keeps its result."""

    def __init__(self, kernel: Kernel, ask: Ask) -> None:
        self._kernel = kernel
        self._ask = ask
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._running: dict[str, asyncio.Task[None]] = {}

    def start(self, state: CheckState) -> None:
        """Ask this check from now on."""
        name = state.check.name
        self._running[name] = self._kernel.tasks.spawn(f"check {name}", self._go_round(state))

    def stop(self, name: str) -> None:
        """Ask it no more."""
        task = self._running.pop(name, None)
        if task is not None:
            task.cancel()

    async def _go_round(self, state: CheckState) -> None:
        clock = self._kernel.clock
        while True:
            due = clock.monotonic() + state.check.every_s
            try:
                async with self._turn:
                    await self._ask(self._kernel, state)
            except Exception:
                log.exception("check could not be kept", check=state.check.name)
            await clock.sleep(max(0.0, due - clock.monotonic()))
