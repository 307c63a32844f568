"""The answers of one checklist, kept beside it."""

from __future__ import annotations

from pathlib import Path

from gonogo.cli.exits import CannotRun
from gonogo.kernel.clock import SystemClock, format_instant
from gonogo.releases.adoption.entries import Adoption
from gonogo.releases.adoption.parse import parse_adoption
from gonogo.releases.adoption.write import write_adoption
from gonogo.releases.running.sidecar import find_sidecar, read_sidecar, write_sidecar


class AnswerBook:
    """The adoption file of one checklist, written after every answer."""

    def __init__(self, file: Path, by: str) -> None:
        self.file = file
        self.by = by
        adoption = self.read()
        if adoption.findings:
            raise CannotRun(f"{adoption.findings[0].message}.")

    def read(self) -> Adoption:
        """The file as it is now; somebody else may have written to it."""
        data = read_sidecar(self.file)
        return parse_adoption(data or b"", find_sidecar(self.file).name)

    def save(self, adoption: Adoption) -> None:
        """Write these entries. Raises ``CannotRun`` where the folder can't be written to."""
        try:
            write_sidecar(self.file, write_adoption(adoption.entries))
        except OSError as error:
            raise CannotRun(f"{find_sidecar(self.file)} can't be written: {error.strerror}.") from error

    def now(self) -> str:
        """The instant that an answer gets."""
        return format_instant(SystemClock().now())
