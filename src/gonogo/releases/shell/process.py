"""Start a command in a session of its own, wait for it, end all of it when its time is up."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psutil

_SAME_START_S = 0.5


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


async def spawn(
    argv: Sequence[str], script: Path, outputs: tuple[int, int], environment: dict[str, str]
) -> asyncio.subprocess.Process:
    """Run ``argv`` with the script on its standard input, in a new session. Closes the outputs on this side."""
    descriptor = os.open(script, os.O_RDONLY)
    try:
        return await asyncio.create_subprocess_exec(
            *argv, stdin=descriptor, stdout=outputs[0], stderr=outputs[1], env=environment, start_new_session=True
        )
    finally:
        for each in (descriptor, *outputs):
            os.close(each)


async def wait_for(process: asyncio.subprocess.Process, timeout_s: float, grace_s: float) -> bool:
    """Wait until the process ends; False when its time ran out and its whole group was ended."""
    try:
        await asyncio.wait_for(process.wait(), timeout_s)
    except TimeoutError:
        await end_group(process, grace_s)
        return False
    if process.returncode is not None and process.returncode < 0:
        signal_group(process.pid, signal.SIGKILL)
    return True


async def end_group(process: asyncio.subprocess.Process, grace_s: float) -> None:
    """Ask the process group to end, and make it end after the grace (seconds)."""
    signal_group(process.pid, signal.SIGTERM)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_group_gone(process), grace_s)
    signal_group(process.pid, signal.SIGKILL)
    await process.wait()


def signal_group(group: int, number: int) -> bool:
    """Send a signal to every process of a group; False when the group is gone."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


async def _group_gone(process: asyncio.subprocess.Process) -> None:
    await process.wait()
    # The shell may end at once while a child of it ignores the signal.
    while signal_group(process.pid, 0):  # noqa: ASYNC110 — the end of a process group makes no event
        await asyncio.sleep(0.02)
