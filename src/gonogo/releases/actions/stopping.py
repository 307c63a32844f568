"""Ending an action's blocking work: nothing of it changes anything once a person has stopped it."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


class Stopped(Exception):
    """A person has stopped the work, or its time is over."""


class Stopping:
    """Whether the work is to end, and what has to be interrupted for that."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._interrupts: list[Callable[[], object]] = []

    def stop(self) -> None:
        """End the work at its next step, and interrupt what it waits for."""
        with self._lock:
            self._event.set()
            interrupts = tuple(self._interrupts)
        for interrupt in interrupts:
            interrupt()

    def check(self) -> None:
        """Raises Stopped once the work is to end."""
        if self._event.is_set():
            raise Stopped

    def wait(self, seconds: float) -> None:
        """Sleep, no longer than until the work is to end. Raises Stopped."""
        self._event.wait(seconds)
        self.check()

    @contextlib.contextmanager
    def interrupting(self, interrupt: Callable[[], object]) -> Iterator[None]:
        """Within this, ``interrupt`` is called from another thread when the work is to end."""
        with self._lock:
            self.check()
            self._interrupts.append(interrupt)
        try:
            yield
        finally:
            with self._lock:
                self._interrupts.remove(interrupt)


_current: contextvars.ContextVar[Stopping] = contextvars.ContextVar("stopping")


def get_stopping() -> Stopping:
    """That of the work this thread does; one that never stops elsewhere."""
    return _current.get(None) or Stopping()


def check_stop() -> None:
    """Raises Stopped when the work of this thread is to end. To be called before every step that changes something."""
    get_stopping().check()


async def run_stoppable(work: Callable[[], T]) -> T:
    """Do blocking work in a thread. When this task is cancelled, the work has ended before the cancellation goes on."""
    stopping = Stopping()
    context = contextvars.copy_context()
    context.run(_current.set, stopping)
    task = asyncio.ensure_future(asyncio.get_running_loop().run_in_executor(None, lambda: context.run(work)))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stopping.stop()
        while not task.done():
            # Cancelled again or not: what changes a database is not left alone.
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if not task.cancelled():
            task.exception()
        raise


def run_program(arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, or end it. Raises Stopped."""
    stopping = get_stopping()
    stopping.check()
    process = subprocess.Popen(
        arguments, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        with stopping.interrupting(process.terminate):
            output, errors = process.communicate()
    except BaseException:
        process.kill()
        process.communicate()
        raise
    stopping.check()
    return subprocess.CompletedProcess(list(arguments), process.returncode, output, errors)
