"""The files of a run's folder. All of them are readable by their owner only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from gonogo.releases.shell.process import Identity

_END = "# complete\n"


class AttemptFiles(msgspec.Struct, frozen=True):
    """The files of one attempt at one command: ``<item>.<attempt>.<what>``."""

    folder: Path
    item: str
    attempt: int

    def path(self, what: str) -> Path:
        """The file of this kind: out, err, raw-out, raw-err, script, state, variables, exit or process."""
        return self.folder / f"{self.item}.{self.attempt}.{what}"

    def read_exit(self) -> int | None:
        """The exit code the shell wrote down at its end; None when it did not get that far."""
        try:
            text = self.path("exit").read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        return int(text) if text.endswith("\n") else None

    def measure_life(self) -> float:
        """Seconds from its start to its end, by the times of the files that mark them; 0 without both."""
        try:
            ended, started = self.path("exit").stat().st_mtime, self.path("process").stat().st_mtime
        except FileNotFoundError:
            return 0.0
        return max(0.0, ended - started)

    def read_process(self) -> Identity | None:
        """The process that was started for this attempt; None when none was."""
        try:
            return msgspec.json.decode(self.path("process").read_bytes(), type=Identity)
        except FileNotFoundError:
            return None


def is_complete(state: Path) -> bool:
    """Whether a saved state was written to its last line."""
    try:
        return state.read_bytes().endswith(_END.encode())
    except FileNotFoundError:
        return False


def read_variables(path: Path) -> dict[str, str]:
    """The variables of a NUL-separated list, such as a shell leaves behind."""
    try:
        text = path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return {}
    pairs = (entry.partition("=") for entry in text.split("\0") if entry)
    return {name: value for name, _, value in pairs}


def write_variables(variables: Mapping[str, str]) -> str:
    """The list that ``read_variables`` reads."""
    return "".join(f"{name}={value}\0" for name, value in variables.items())
