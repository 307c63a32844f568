"""An agent's post: the file that its process holds locked, so that there is never a second one.

The process itself takes the lock and writes who it is. So neither a killed server nor two servers at once can leave
two processes at one post, and whoever reads the file finds the one that is there.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import psutil

from gonogo.jobs.agent_schemas import Identity

VARIABLE = "GONOGO_AGENT_POST"
_SAME_START_S = 0.5


class PostTaken(Exception):
    """Another process of this agent runs."""


@contextlib.contextmanager
def hold_post(environment: Mapping[str, str]) -> Iterator[None]:
    """Hold the post that the environment names, if it names one. Raises ``PostTaken``."""
    if VARIABLE not in environment:
        yield
        return
    descriptor = os.open(environment[VARIABLE], os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        own = psutil.Process()
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, msgspec.json.encode(Identity(own.pid, own.create_time())), 0)
        yield
    except BlockingIOError as error:
        raise PostTaken("Another process of this agent runs already; there is nothing to do for this one.") from error
    finally:
        os.close(descriptor)


def find_holder(path: Path) -> Identity | None:
    """The living process at a post; None when nobody is there."""
    try:
        identity = msgspec.json.decode(path.read_bytes(), type=Identity)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return identity if is_running(identity) else None


def is_running(identity: Identity) -> bool:
    """Whether that very process still runs; a zombie doesn't."""
    try:
        process = psutil.Process(identity.pid)
        same = abs(process.create_time() - identity.started) <= _SAME_START_S
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
