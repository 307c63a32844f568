"""What background processes write after their command has ended."""

from __future__ import annotations

import os
from pathlib import Path

from gonogo.kernel.secrets.masking import Masker
from gonogo.releases.shell.capped import CappedOutput

PIECE = 1 << 20


class LaterOutput:
    """One stream that is still open. Its file is made with the first byte."""

    def __init__(self, descriptor: int, path: Path, masker: Masker) -> None:
        self.descriptor = descriptor
        self._path, self._masker = path, masker
        self._output: CappedOutput | None = None

    def read(self) -> bool:
        """Take what is there; False when nobody can write any more."""
        data = os.read(self.descriptor, PIECE)
        if data and self._output is None:
            self._output = CappedOutput(self._path, self._masker)
        if data and self._output is not None:
            self._output.feed(data)
        return bool(data)

    def close(self) -> None:
        """Write the rest."""
        os.close(self.descriptor)
        if self._output is not None:
            self._output.finish(self._masker)
