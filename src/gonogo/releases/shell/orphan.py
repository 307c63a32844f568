"""What a command does whose server was killed under it, and how to end it."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import Literal

import msgspec

from gonogo.releases.shell.files import AttemptFiles
from gonogo.releases.shell.process import is_running
from gonogo.releases.shell.processes import find_work, signal_work

_POLL_S = 0.02
_KILLING_S = 5.0
_KEEPING_S = 5.0


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
    # Before the exit code: one that ends in between has written it by then.
    is_under_way, process = files.is_under_way(), files.read_process()
    exit_code = files.read_exit()
    pid = process.pid if process else None
    if exit_code is not None:
        return Orphan(state="ended", exit_code=exit_code, pid=pid)
    if process is None:
        return Orphan(state="not_started")
    return Orphan(state="running" if is_under_way else "lost", pid=pid)


async def end_orphan(files: AttemptFiles, grace_s: float = 5.0) -> Orphan:
    """End a command whose server is gone, with all that it started; gives what there is to say of it afterwards.

    Only the very process that was started is signalled, and what carries this attempt's mark: never one that has come
    to the same process id since.
    """
    await asyncio.to_thread(_end_work, files, grace_s)
    return inspect_orphan(files)


def _end_work(files: AttemptFiles, grace_s: float) -> None:
    process = files.read_process()
    # Group and descendants go by the process id: they are asked for only as long as it is known to be the same.
    root = process.pid if process is not None and is_running(process) else None
    work = signal_work(root, files.mark, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while work and time.monotonic() < deadline:
        time.sleep(_POLL_S)
        work = find_work(root, files.mark)
    deadline = time.monotonic() + _KILLING_S
    while work and time.monotonic() < deadline:
        work = signal_work(root, files.mark, signal.SIGKILL)
        time.sleep(_POLL_S)
    deadline = time.monotonic() + _KEEPING_S
    while files.is_under_way() and time.monotonic() < deadline:
        time.sleep(_POLL_S)
