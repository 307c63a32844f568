"""One operating system process: started in a session of its own, its output read, its whole group ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from gonogo.kernel.env_files import parse_env_file
from gonogo.kernel.run_as import build_options, find_account
from gonogo.services.keeper.procfs import list_session, read_identity
from gonogo.services.state import Identity

HANDED_DOWN = 3
"""Descriptor of an inherited socket (sd_listen_fds(3))."""
_CHUNK = 1 << 16
_POLL_S = 0.02
_ANNOUNCE = 'export LISTEN_PID=$$; exec "$@"'


class Child:
    """A started process. ``take`` is given its output as it comes, and ``b""`` at the end of it."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: str,
        env: Mapping[str, str],
        descriptor: int | None,
        user: str | None,
        take: Callable[[bytes], None],
    ) -> None:
        self._take = take
        self._process = _spawn(command, cwd, env, descriptor, user)
        self.pid = self._process.pid
        self.identity = read_identity(self.pid) or Identity(self.pid, 0)
        assert self._process.stdout is not None
        self._output = self._process.stdout.fileno()
        os.set_blocking(self._output, False)
        asyncio.get_running_loop().add_reader(self._output, self._read)

    async def wait(self) -> int:
        """Wait for its end; the exit code, negative for a signal. What is left of its group is killed."""
        watched = os.pidfd_open(self.pid)
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(watched, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(watched)
            os.close(watched)
        signal_group(self.pid, signal.SIGKILL)
        code = self._process.wait()
        self._read()
        self._close_output()
        return code

    async def end(self, within_s: float) -> None:
        """Ask the whole group to end, and kill what has not ended in time."""
        signal_group(self.pid, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while any(read_identity(pid) for pid in list_session(self.pid)):  # noqa: ASYNC110  no event tells it
                    await asyncio.sleep(_POLL_S)
        signal_group(self.pid, signal.SIGKILL)

    def _read(self) -> None:
        if self._output < 0:
            return
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self._output, _CHUNK):
                self._take(piece)
            self._close_output()

    def _close_output(self) -> None:
        if self._output >= 0:
            asyncio.get_running_loop().remove_reader(self._output)
            self._output = -1
            self._take(b"")
            assert self._process.stdout is not None
            self._process.stdout.close()


def signal_group(leader: int, number: int) -> None:
    """Send a signal to every process of a group that is still there."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, number)


def reserve_descriptor() -> None:
    """Keep descriptor 3 free for handing sockets down; called once, before anything else is opened."""
    descriptor = os.open(os.devnull, os.O_RDONLY)
    if descriptor != HANDED_DOWN:
        os.dup2(descriptor, HANDED_DOWN)
        os.close(descriptor)


def read_env_file(path: Path) -> dict[str, str]:
    """The variables of a service's ``env_file``. Raises ``ValueError``, or ``OSError`` when it can't be read."""
    try:
        return parse_env_file(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"the env_file {path} is not UTF-8 text") from error


def _spawn(
    command: Sequence[str], cwd: str, env: Mapping[str, str], descriptor: int | None, user: str | None
) -> subprocess.Popen[bytes]:
    handed: tuple[int, ...] = ()
    if descriptor is not None:
        # LISTEN_PID has to name the process itself, which only the process can know.
        command = ("/bin/sh", "-c", _ANNOUNCE, "sh", *command)
        os.dup2(descriptor, HANDED_DOWN, inheritable=True)
        handed = (HANDED_DOWN,)
    try:
        return subprocess.Popen(
            list(command),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=handed,
            start_new_session=True,
            **build_options(find_account(user) if user else None),
        )
    finally:
        if descriptor is not None:
            reserve_descriptor()
