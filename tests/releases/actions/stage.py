"""Calling actions in tests, with the lines they say."""

from __future__ import annotations

import asyncio
from pathlib import Path

from gonogo.kernel.actions import ActionCall, ActionResult
from gonogo.kernel.kernel import Kernel
from tests.releases.conftest import ANN


class Stage:
    """A folder to work in, and every line that was said."""

    def __init__(self, kernel: Kernel, folder: Path) -> None:
        self.kernel, self.folder = kernel, folder
        self.lines: list[str] = []

    async def perform(self, action: str, **options: object) -> ActionResult:
        """The result of an action by name."""
        words = {name: str(value) for name, value in options.items()}
        return await self.kernel.actions[action](ActionCall(self.kernel, ANN, words, self.folder, self.lines.append))

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    async def wait_for_task(self, name: str) -> None:
        """Wait for the end of a background task of this name."""
        for task in asyncio.all_tasks():
            if task.get_name() == name:
                await task
