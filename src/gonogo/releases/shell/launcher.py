"""The process between the server and the commands of one run.

It has a clean environment, so that nothing of the server's can be read from a command's parent. It reads the output
of commands, masks it and keeps head and tail of it, so that no output costs the server anything. It adopts what
commands leave behind, and so learns how background processes end. And it outlives a server that is killed: the
command goes on, its output is kept, its time limit holds.

It is told what to do on descriptor 0, a line of JSON at a time. It loads the standard library and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import sys
import time
from pathlib import Path
from typing import Any

from gonogo.releases.shell.attempt import Attempt, write_code
from gonogo.releases.shell.later import LaterOutput
from gonogo.releases.shell.orders import Report, read_order, write_fields
from gonogo.releases.shell.processes import is_alive

_CONTROL = 0
_TELL_EVERY_S = 0.1
_LOOK_EVERY_S = 5.0
_SUBREAPER = 36


class Launcher:
    """One command at a time, and what earlier ones left running."""

    def __init__(self, umask: int) -> None:
        self._umask = umask
        self._selector = selectors.DefaultSelector()
        self._buffer = b""
        self._attempt: Attempt | None = None
        self._later: list[LaterOutput] = []
        self._jobs: dict[int, Path] = {}
        self._is_attached = True
        self._is_over = False
        self._told, self._told_at = (0, 0), 0.0
        self._wakeup = _watch_children()
        os.set_blocking(_CONTROL, False)
        for descriptor in (_CONTROL, self._wakeup):
            self._selector.register(descriptor, selectors.EVENT_READ)

    def run(self) -> None:
        """Go on until the server is gone and nothing is left to look after."""
        while self._is_needed():
            for key, _ in self._selector.select(self._find_wait()):
                if key.fd == _CONTROL:
                    self._read_control()
                elif key.fd == self._wakeup:
                    os.read(self._wakeup, 4096)
                elif self._attempt is not None and self._attempt.owns(key.fd):
                    self._attempt.move(key.fd)
                else:
                    self._read_later(key.fd)
            self._reap()
            self._advance()

    def _is_needed(self) -> bool:
        if self._is_attached or self._attempt is not None or self._later:
            return True
        # Whoever comes after the server may still wait for these; once the run is over nobody does.
        self._jobs = {pid: path for pid, path in self._jobs.items() if is_alive(pid)}
        return bool(self._jobs) and not self._is_over

    def _find_wait(self) -> float | None:
        if self._attempt is None:
            return None if self._is_attached else _LOOK_EVERY_S
        wait = self._attempt.find_wait()
        return min(wait, _TELL_EVERY_S) if self._attempt.sizes != self._told else wait

    def _read_control(self) -> None:
        try:
            data = os.read(_CONTROL, 1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._is_attached = False
            self._selector.unregister(_CONTROL)
            return
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            self._obey(json.loads(line))

    def _obey(self, message: dict[str, Any]) -> None:
        if "run" in message:
            self._start(message["run"])
        elif "stop" in message and self._attempt is not None:
            self._attempt.end("interrupted")
        elif "over" in message:
            self._is_over = True

    def _start(self, data: dict[str, Any]) -> None:
        try:
            self._attempt = Attempt(read_order(data), self._selector, self._umask)
        except OSError as error:
            self._tell({"refused": f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")})
            return
        self._told = (0, 0)
        self._tell({"started": self._attempt.pid})

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            if self._attempt is not None and pid == self._attempt.pid:
                self._attempt.note_exit(code)
            elif pid in self._jobs:
                write_code(self._jobs.pop(pid), code)
            elif self._attempt is not None:
                self._attempt.note_child(pid, code)

    def _advance(self) -> None:
        attempt = self._attempt
        if attempt is None:
            return
        report = attempt.advance()
        if report is None:
            self._tell_sizes(attempt)
            return
        self._attempt = None
        self._jobs |= {pid: attempt.find_code_file(pid) for pid in attempt.list_jobs()}
        self._later += attempt.hand_over()
        for later in self._later:
            if later.descriptor not in self._selector.get_map():
                self._selector.register(later.descriptor, selectors.EVENT_READ)
        self._tell_end(report)

    def _read_later(self, descriptor: int) -> None:
        later = next(each for each in self._later if each.descriptor == descriptor)
        if not later.read():
            self._selector.unregister(descriptor)
            later.close()
            self._later.remove(later)

    def _tell_sizes(self, attempt: Attempt) -> None:
        now = time.monotonic()
        if attempt.sizes != self._told and now - self._told_at >= _TELL_EVERY_S:
            self._told, self._told_at = attempt.sizes, now
            self._tell({"sizes": attempt.sizes})

    def _tell_end(self, report: Report) -> None:
        self._tell({"ended": write_fields(report)})

    def _tell(self, message: dict[str, Any]) -> None:
        if not self._is_attached:
            return
        data = json.dumps(message).encode() + b"\n"
        with contextlib.suppress(OSError):
            # A server that does not read is one that is gone: sizes are told again, an end is on disk as well.
            os.write(_CONTROL, data)


def _watch_children() -> int:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    os.set_blocking(reading, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    return reading


def _adopt_orphans() -> None:
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0)


def main() -> None:
    """Become a process that belongs to nobody, and serve the run."""
    if os.fork():
        os._exit(0)
    umask = os.umask(0o077)
    _adopt_orphans()
    Launcher(umask).run()


if __name__ == "__main__":
    main()
