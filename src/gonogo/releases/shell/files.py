"""The files of a run's folder. All of them are readable by their owner only."""

from __future__ import annotations

from pathlib import Path

import msgspec

from gonogo.releases.shell.facts import Facts, read_facts
from gonogo.releases.shell.process import Identity, is_running

_END = b"# complete\n"


class AttemptFiles(msgspec.Struct, frozen=True):
    """The files of one attempt at one command: ``<item>.<attempt>.<what>``."""

    folder: Path
    item: str
    attempt: int

    def path(self, what: str) -> Path:
        """The file of this kind: out, err, out-later, script, state, variables, facts, exit, ending, process."""
        return self.folder / f"{self.item}.{self.attempt}.{what}"

    @property
    def prefix(self) -> str:
        """What all its paths begin with."""
        return str(self.folder.absolute() / f"{self.item}.{self.attempt}")

    @property
    def mark(self) -> str:
        """What every process of this attempt has in its environment, under ``GONOGO_ITEM``."""
        return self.prefix

    def read_exit(self) -> int | None:
        """The exit code of a shell that came to its end; None when it did not, or when its output is not kept yet."""
        code = _read_code(self.path("exit"))
        if code is None and not self._is_looked_after():
            # Its launcher was ended after the shell had written this down.
            code = _read_code(self.path("exit"))
            return _read_code(self.path("code")) if code is None else code
        return code

    def read_ending(self) -> str:
        """How its launcher saw it end: by itself, by its time limit or by a person; empty when no launcher saw it."""
        try:
            return self.path("ending").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""

    def read_facts(self) -> Facts:
        """What its shell noted of the command."""
        return read_facts(self.path("facts"))

    def measure_life(self) -> float:
        """Seconds from its start to its end, by the times of the files that mark them; 0 without both."""
        try:
            mark = "ending" if self.read_ending() else "exit"
            ended, started = self.path(mark).stat().st_mtime, self.path("process").stat().st_mtime
        except FileNotFoundError:
            return 0.0
        return max(0.0, ended - started)

    def read_process(self) -> Identity | None:
        """The process that was started for this attempt; None when none was."""
        try:
            return msgspec.json.decode(self.path("process").read_bytes(), type=Identity)
        except FileNotFoundError:
            return None

    def is_under_way(self) -> bool:
        """Whether its process runs, or its launcher has yet to write down how that ended."""
        process = self.read_process()
        if process is None:
            return False
        if is_running(process):
            return True
        is_kept = self.read_ending() or _read_code(self.path("exit")) is not None
        return not is_kept and self._is_looked_after()

    def _is_looked_after(self) -> bool:
        process = self.read_process()
        return process is not None and process.launcher is not None and is_running(process.launcher)


def _read_code(path: Path) -> int | None:
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    return int(text) if text.endswith("\n") else None


def is_complete(state: Path) -> bool:
    """Whether a saved state was written to its last line."""
    try:
        with state.open("rb") as file:
            size = state.stat().st_size
            file.seek(max(0, size - len(_END)))
            return file.read() == _END
    except FileNotFoundError:
        return False
