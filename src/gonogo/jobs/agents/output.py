"""Telling live pages that an agent has printed something."""

from __future__ import annotations

from gonogo.jobs.agents.keeper import AgentKeeper
from gonogo.kernel.kernel import Kernel

LOOK_S = 2.0


class OutputWatch:
    """Looks at the sizes of the logs; one that has grown is told of."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._sizes: dict[str, int] = {}

    async def look(self) -> None:
        """One round."""
        keeper = self._kernel.get_part(AgentKeeper)
        for kept in keeper.list_kept():
            log = keeper.get_folder(kept).log
            size = log.stat().st_size if log.exists() else 0
            if size != self._sizes.get(kept, 0):
                self._sizes[kept] = size
                self._kernel.bus.notify("output.grown", kept)


def watch_output(kernel: Kernel) -> None:
    """Look for as long as the house is open."""
    kernel.tasks.repeat("watch output of agents", LOOK_S, OutputWatch(kernel).look)
