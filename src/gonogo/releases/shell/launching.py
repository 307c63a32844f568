"""The server's end of the line to a run's launcher."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gonogo
from gonogo.releases.shell.orders import Order, Report, read_report, write_fields

_CODE = "import sys; sys.path.insert(0, {root!r}); from gonogo.releases.shell.launcher import main; main()"
_PIECE = 1 << 16

OnOutput = Callable[[int, int], None]


class LauncherLost(OSError):
    """The launcher was ended under a command: what the command does now is not known."""


class LauncherLine:
    """Starts the launcher with the first command, and asks it for one command at a time."""

    def __init__(self) -> None:
        self._descriptor = -1
        self._closing: Callable[[], object] = lambda: None

    async def run(self, order: Order, on_output: OnOutput | None, stop: asyncio.Event) -> Report:
        """Have a command run to its end. Raises OSError when it can't be started, and LauncherLost.

        When this task is cancelled the command goes on: the launcher looks after it alone.
        """
        if self._descriptor < 0:
            await self._open()
        answers = _Answers(self._descriptor)
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await self._ask({"run": write_fields(order)})
            while True:
                answer = await _await_answer(answers, stopping)
                if answer is None:
                    await self._ask({"stop": True})
                    stopping = asyncio.ensure_future(asyncio.Event().wait())
                elif "ended" in answer:
                    return read_report(answer["ended"])
                elif "refused" in answer:
                    raise OSError(answer["refused"])
                elif "sizes" in answer and on_output is not None:
                    on_output(*answer["sizes"])
        except BaseException as error:
            answers.close()
            if not isinstance(error, OSError) or isinstance(error, LauncherLost | BrokenPipeError):
                self.close()
            if isinstance(error, BrokenPipeError):
                raise LauncherLost("The process that looks after the run's shell has ended.") from error
            raise
        finally:
            stopping.cancel()
            answers.close()

    def close(self) -> None:
        """Let go of the launcher; it ends once nothing is left for it to do."""
        self._closing()
        self._descriptor = -1

    async def end(self) -> None:
        """The run is over: nobody will wait for its background processes."""
        if self._descriptor >= 0:
            await self._ask({"over": True})
            self.close()

    async def _open(self) -> None:
        descriptor, process = _start_launcher()
        self._descriptor = descriptor
        self._closing = weakref.finalize(self, os.close, descriptor)
        # It forks at once and goes on as nobody's child, so that no zombie of it is left here.
        await asyncio.to_thread(process.wait)

    async def _ask(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode() + b"\n"
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                await asyncio.sleep(0.005)


def _start_launcher() -> tuple[int, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    code = _CODE.format(root=str(Path(gonogo.__file__).resolve().parent.parent))
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", code],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            start_new_session=True,
        )
    return ours.detach(), process


class _Answers:
    """Reads lines as they come, without a task of its own."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._buffer = descriptor, b""
        self._lines: list[dict[str, Any]] = []
        self._is_over = False
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(descriptor, self._read)

    async def get(self) -> dict[str, Any]:
        while not self._lines:
            if self._is_over:
                raise LauncherLost("The process that looks after the run's shell has ended.")
            self._news.clear()
            await self._news.wait()
        return self._lines.pop(0)

    def close(self) -> None:
        self._loop.remove_reader(self._descriptor)

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, _PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._is_over = True
            self._loop.remove_reader(self._descriptor)
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        self._lines += [json.loads(line) for line in lines]
        self._news.set()


async def _await_answer(answers: _Answers, stopping: asyncio.Future[Any]) -> dict[str, Any] | None:
    """The next answer; None once the command is to be stopped."""
    getting = asyncio.ensure_future(answers.get())
    try:
        await asyncio.wait({getting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return getting.result() if getting.done() else None
    finally:
        if not getting.done():
            getting.cancel()
