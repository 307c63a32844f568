"""Telling who listens that a service printed something; the lines themselves are asked for."""

from __future__ import annotations

from gonogo.kernel.kernel import Kernel
from gonogo.services.keepers import Keepers

LOOK_S = 0.5


class OutputWatch:
    """Looks at the size of each log, which costs nothing, and tells of those that grew."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._sizes: dict[str, int] = {}

    async def look(self) -> None:
        """Tell of what has grown since the look before."""
        keepers = self._kernel.get_part(Keepers)
        for name in keepers.states:
            path = keepers.get_folder(name).log
            size = path.stat().st_size if path.exists() else 0
            if size != self._sizes.setdefault(name, size):
                self._sizes[name] = size
                self._kernel.bus.notify("output.grown", name)
