"""Which process is meant: a process id is used again, the time it started is not."""

from __future__ import annotations

import msgspec
import psutil

_SAME_START_S = 0.5


class Identity(msgspec.Struct, frozen=True):
    """A process id with the time it started (seconds since 1970), so that a reused id is not taken for it."""

    pid: int
    started: float
    launcher: Identity | None = None
    """The process that started it and looks after it."""


def read_identity(pid: int) -> Identity | None:
    """Who has this process id now; None when no process has."""
    try:
        return Identity(pid, psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None


def is_running(identity: Identity) -> bool:
    """Whether that very process still runs; a zombie doesn't."""
    now = read_identity(identity.pid)
    if now is None or abs(now.started - identity.started) > _SAME_START_S:
        return False
    try:
        return bool(psutil.Process(identity.pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
