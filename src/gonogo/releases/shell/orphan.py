"""What became of a command whose server was killed under it."""

from __future__ import annotations

from typing import Literal

import msgspec

from gonogo.releases.shell.files import AttemptFiles
from gonogo.releases.shell.process import is_running


class Orphan(msgspec.Struct, frozen=True, kw_only=True):
    """``state`` is "ended" when its exit code was written down, "lost" when it went without a word."""

    state: Literal["ended", "running", "lost", "not_started"]
    exit_code: int | None = None
    pid: int | None = None

    @property
    def why(self) -> str:
        """One sentence for the person who has to decide."""
        return {
            "ended": f"it ended meanwhile with exit code {self.exit_code}",
            "running": f"it is still running as process {self.pid}",
            "lost": "it is not running any more and left no exit code",
            "not_started": "there is no sign that it started",
        }[self.state]


def inspect_orphan(files: AttemptFiles) -> Orphan:
    """Look at what an attempt left behind; changes nothing."""
    exit_code, process = files.read_exit(), files.read_process()
    pid = process.pid if process else None
    if exit_code is not None:
        return Orphan(state="ended", exit_code=exit_code, pid=pid)
    if process is None:
        return Orphan(state="not_started")
    return Orphan(state="running" if is_running(process) else "lost", pid=pid)
