"""``shell`` jobs: a command in a process group of its own, all of which ends with it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any

import msgspec

from gonogo.jobs.connectors.connector import JobFailed, Run
from gonogo.jobs.rules import MOST_LINES
from gonogo.kernel.config import ConfigError
from gonogo.kernel.durable import GiveUp
from gonogo.kernel.phrasing import in_words
from gonogo.kernel.run_as import Account, CantRunAs, build_options, check_can_become, describe_account
from gonogo.kernel.secrets.own import build_child_environment

GRACE_S = 5.0
KEPT_LINES = 200
"""Of the output, in the job's result; its log holds more."""
MOST_OUTPUT = 1 << 20
"""Characters of those lines."""
LONGEST_READ = 64 * 1024


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload. Without ``timeout`` (seconds) the job's own time-out counts."""

    command: Annotated[str, msgspec.Meta(min_length=1, pattern=in_words(r"^[^\x00]*$", "a command without NUL"))]
    cwd: str | None = None
    env: dict[str, str] = {}
    timeout: Annotated[float, msgspec.Meta(gt=0)] | None = None


class ShellConnector:
    """Runs ``/bin/sh -c``, as ``account`` if one is given.

    The worker's own ``GONOGO_*`` variables, keys among them, are not passed on.
    """

    name = "shell"

    def __init__(self, account: Account | None = None) -> None:
        self._account = account

    def list_capabilities(self) -> tuple[str, ...]:
        """See ``Connector``."""
        return ("connector=shell", "type=shell")

    async def run(self, run: Run) -> dict[str, Any]:
        """The exit code and the end of the output. Any other code than 0 is a failure."""
        command = run.read_payload(Command)
        tail: deque[str] = deque(maxlen=KEPT_LINES)
        async with _start(command, self._account) as (process, output):
            try:
                async with asyncio.timeout(command.timeout):
                    await _read_lines(output, run, tail)
                    code = await process.wait()
            except TimeoutError:
                raise TimeoutError(f"The command ran for longer than {command.timeout:g} s.") from None
            finally:
                await _end_group(process)
        if code != 0:
            last = f": {tail[-1]}" if tail else ""
            raise CommandFailed(f"The command ended with code {code}{last}")
        return {"exit_code": code, "output": "\n".join(tail)[-MOST_OUTPUT:]}

    async def close(self) -> None:
        """Nothing is held between jobs."""


class CommandFailed(JobFailed):
    """The command's exit code was not 0."""


def open_connector(options: Mapping[str, str]) -> ShellConnector:
    """See ``open_connectors``; ``run_as`` names the user that commands run as. Raises ``ConfigError``."""
    name = options.get("run_as", "")
    try:
        return ShellConnector(check_can_become(name) if name else None)
    except CantRunAs as error:
        raise ConfigError(f"'jobs_run_as': {error}.") from error


@asynccontextmanager
async def _start(
    command: Command, account: Account | None
) -> AsyncIterator[tuple[asyncio.subprocess.Process, asyncio.StreamReader]]:
    """The process and its output, through a pipe that is closed afterwards whoever still holds its other end."""
    reading, writing = os.pipe()
    output = asyncio.StreamReader(LONGEST_READ)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(output), os.fdopen(reading, "rb", buffering=0)
    )
    try:
        try:
            process = await _spawn(command, account, writing)
        finally:
            os.close(writing)
        yield process, output
    finally:
        transport.close()


async def _spawn(command: Command, account: Account | None, output: int) -> asyncio.subprocess.Process:
    own = {} if account is None else describe_account(account)
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            "/bin/sh",
            "-c",
            command.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            cwd=command.cwd,
            env=build_child_environment() | own | command.env,
            start_new_session=True,
            **build_options(account),
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await _end_group(await starting)  # it may run already, and nobody else knows of it
        raise
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise GiveUp(f"The command can't be started in {command.cwd}: {error.strerror}.") from error
    except OSError as error:
        if error.errno != errno.E2BIG:
            raise
        raise GiveUp("The command is too long to be started. Put it into a file, and run that.") from error


async def _read_lines(output: asyncio.StreamReader, run: Run, tail: deque[str]) -> None:
    rest = b""
    while piece := await output.read(LONGEST_READ):
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > LONGEST_READ:
            lines, rest = [*lines, rest], b""
        if lines:
            # Masking takes its time, and a program that prints without end must not hold the event loop with it.
            await asyncio.to_thread(_keep_lines, lines, run, tail)
    if rest:
        _keep_lines([rest], run, tail)


def _keep_lines(lines: Sequence[bytes], run: Run, tail: deque[str]) -> None:
    texts = [line.decode(errors="replace") for line in lines[-MOST_LINES:]]
    run.say_lines(texts)
    tail.extend(texts)


async def _end_group(process: asyncio.subprocess.Process) -> None:
    """End what the command left behind, too: first politely, then for certain."""
    if process.returncode is None:
        _signal(process.pid, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S):
                await process.wait()
    _signal(process.pid, signal.SIGKILL)
    await process.wait()


def _signal(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)
