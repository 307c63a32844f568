"""Start a command in a session of its own, wait for it, end all of it when its time is up.

Not asyncio's subprocess: that one kills its children when the loop closes, and ours have to outlive the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
import psutil

_SAME_START_S = 0.5
_POLL_S = 0.02

Ending = Literal["ended", "timed_out", "interrupted"]
Process = subprocess.Popen[bytes]


class Identity(msgspec.Struct, frozen=True):
    """A process id with the time it started (seconds since 1970), so that a reused id is told apart."""

    pid: int
    started: float


def read_identity(pid: int) -> Identity | None:
    """Who has this process id now; None when nobody has."""
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


def spawn(argv: Sequence[str], script: Path, outputs: tuple[int, int], environment: Mapping[str, str]) -> Process:
    """Run ``argv`` with the script on its standard input, in a new session. Closes the outputs on this side."""
    descriptor = os.open(script, os.O_RDONLY)
    try:
        return subprocess.Popen(
            argv, stdin=descriptor, stdout=outputs[0], stderr=outputs[1], env=environment, start_new_session=True
        )
    finally:
        for each in (descriptor, *outputs):
            os.close(each)


async def wait_for(process: Process, timeout_s: float, grace_s: float, stop: asyncio.Event) -> Ending:
    """Wait until the process ends, its time runs out, or ``stop`` is set; then its whole group is gone, too."""
    ending = asyncio.ensure_future(_wait_end(process))
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({ending, stopping}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if ending.done():
            if process.returncode < 0:
                signal_group(process.pid, signal.SIGKILL)
            return "ended"
        await _end_group(process, ending, grace_s)
        return "interrupted" if stop.is_set() else "timed_out"
    except asyncio.CancelledError:
        # The server goes, the command stays: Popen is not to complain of it.
        process.returncode = 0
        raise
    finally:
        ending.cancel()
        stopping.cancel()


async def _end_group(process: Process, ending: asyncio.Future[None], grace_s: float) -> None:
    signal_group(process.pid, signal.SIGTERM)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_group_gone(process, ending), grace_s)
    signal_group(process.pid, signal.SIGKILL)
    await ending


def signal_group(group: int, number: int) -> bool:
    """Send a signal to every process of a group; False when the group is gone."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


async def _group_gone(process: Process, ending: asyncio.Future[None]) -> None:
    await asyncio.shield(ending)
    # The shell may end at once while a child of it ignores the signal.
    while _has_living(process.pid):  # noqa: ASYNC110 — the end of a process group makes no event
        await asyncio.sleep(_POLL_S)


def _has_living(group: int) -> bool:
    # A dead child that nobody has collected yet still counts as a member for the kernel, not for us.
    return signal_group(group, 0) and any(_is_living(pid, group) for pid in psutil.pids())


def _is_living(pid: int, group: int) -> bool:
    try:
        return os.getpgid(pid) == group and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.NoSuchProcess):
        return False


async def _wait_end(process: Process) -> None:
    if hasattr(os, "pidfd_open"):
        with _watch(os.pidfd_open(process.pid)) as ended:
            await ended.wait()
        process.wait()
        return
    while process.poll() is None:  # noqa: ASYNC110 — nothing but asking works where there is no pidfd
        await asyncio.sleep(_POLL_S)


@contextlib.contextmanager
def _watch(descriptor: int) -> Iterator[asyncio.Event]:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, ended.set)
    try:
        yield ended
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
