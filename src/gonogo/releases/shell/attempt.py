"""One attempt at one command, as its launcher sees it: started, followed, ended in time, and its evidence written."""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import signal
import subprocess
import termios
import time
from pathlib import Path

from gonogo.kernel.secrets.masking import Masker, find_secrets
from gonogo.releases.shell.capped import CappedOutput
from gonogo.releases.shell.facts import (
    Facts,
    bound_variables,
    read_all_variables,
    read_exported,
    read_facts,
    read_variables,
    write_variables,
)
from gonogo.releases.shell.later import PIECE, LaterOutput
from gonogo.releases.shell.orders import Ending, Order, Report
from gonogo.releases.shell.processes import (
    MARK,
    describe_identity,
    find_adopted,
    find_work,
    list_children,
    signal_work,
)
from gonogo.releases.shell.trailer import Trailer

_POLL_S = 0.02
_KILLING_S = 5.0
_FAR_GRACE_S = 3.0
_NO_CONNECTION = 255
_STREAMS = ("out", "err")


class Attempt:
    """Its process, its two streams, and the clock that ends it."""

    def __init__(self, order: Order, selector: selectors.BaseSelector, umask: int) -> None:
        self._order, self._selector, self._umask = order, selector, umask
        variables = read_all_variables(order.variables)
        secrets = frozenset().union(*(find_secrets(each) for each in variables.values()))
        self._secrets, self._masker = secrets, Masker(secrets)
        self._known = list_children()
        self._trailer = Trailer(order.marker) if order.marker else None
        self._outputs = [CappedOutput(self._path(name), self._masker) for name in _STREAMS]
        self._input, self._unsent = -1, b""
        self._readers = self._spawn()
        self._began = time.monotonic()
        self._deadline = self._began + order.timeout_s
        self._ending: Ending = "ended"
        self._stage = "running"
        self._code: int | None = None
        self._facts = Facts()
        self.children: dict[int, int] = {}

    @property
    def sizes(self) -> tuple[int, int]:
        """How much of each stream is in its file."""
        return self._outputs[0].size, self._outputs[1].size

    def owns(self, descriptor: int) -> bool:
        """Whether this is one of its streams."""
        return descriptor in self._readers or descriptor == self._input

    def move(self, descriptor: int) -> None:
        """Take what one of its streams has, or give it what it waits for."""
        if descriptor == self._input:
            self._send()
        else:
            self._read(descriptor, PIECE)

    def note_exit(self, code: int) -> None:
        """Its process has ended."""
        self._code = code
        if code < 0 and self._stage == "running":
            signal_work(self.pid, self._order.mark, signal.SIGKILL)

    def note_child(self, pid: int, code: int) -> None:
        """A process that it left behind has ended."""
        self.children[pid] = code

    def end(self, ending: Ending) -> None:
        """Ask everything that belongs to it to end; what does not is killed once its grace is over."""
        if self._stage != "running":
            return
        self._ending, self._stage = ending, "asked"
        self._deadline = time.monotonic() + self._order.grace_s
        if self._trailer is not None:
            self._deadline += _FAR_GRACE_S
            self._close_input(b"stop\n")
        else:
            self._signal(signal.SIGTERM)

    def find_wait(self) -> float:
        """Seconds until it has to be looked at, output aside."""
        if self._stage != "running" or self._code is not None:
            return _POLL_S
        return max(0.0, self._deadline - time.monotonic())

    def advance(self) -> Report | None:
        """Go on by the clock; gives the report once all of it has ended."""
        now = time.monotonic()
        if self._stage == "running":
            if self._is_done():
                return self._finish()
            if now >= self._deadline:
                self.end("timed_out")
            return None
        if not self._is_done() or self._find_work():
            if self._stage == "asked" and now >= self._deadline:
                self._stage, self._deadline = "killed", now + _KILLING_S
            if self._stage == "killed":
                self._signal(signal.SIGKILL)
            if now < self._deadline or self._stage == "asked":
                return None
        return self._finish()

    def list_jobs(self) -> list[int]:
        """The background processes it left running here."""
        if self._order.is_far:
            return []
        return [pid for pid in self._facts.running if pid not in self.children]

    def find_code_file(self, pid: int) -> Path:
        """Where the exit code of a background process belongs."""
        return Path(self._order.ended_folder) / str(pid)

    def hand_over(self) -> list[LaterOutput]:
        """The streams that background processes still hold."""
        left = [
            LaterOutput(descriptor, self._path(f"{_STREAMS[index]}-later"), self._masker)
            for descriptor, index in self._readers.items()
        ]
        for later in left:
            self._selector.unregister(later.descriptor)
        return left

    def _spawn(self) -> dict[int, int]:
        pipes = [os.pipe() for _ in _STREAMS]
        script = self._path("script")
        if self._trailer is None:
            feeding = os.open(script, os.O_RDONLY)
        else:
            feeding, self._input = os.pipe()
        environment = {**self._order.environment, MARK: self._order.mark}
        try:
            process = subprocess.Popen(
                self._order.argv,
                stdin=feeding,
                stdout=pipes[0][1],
                stderr=pipes[1][1],
                env=environment,
                start_new_session=True,
                umask=self._umask,
            )
        except OSError:
            for reading, _ in pipes:
                os.close(reading)
            self._close_input()
            raise
        finally:
            for descriptor in (feeding, pipes[0][1], pipes[1][1]):
                os.close(descriptor)
        # The launcher collects every child itself.
        self.pid, process.returncode = process.pid, 0
        _write_whole(self._path("process"), describe_identity(self.pid, describe_identity(os.getpid())))
        if self._trailer is not None:
            self._unsent = script.read_bytes()
            os.set_blocking(self._input, False)
            self._selector.register(self._input, selectors.EVENT_WRITE)
        for reading, _ in pipes:
            os.set_blocking(reading, False)
            _widen(reading)
            self._selector.register(reading, selectors.EVENT_READ)
        return {reading: index for index, (reading, _) in enumerate(pipes)}

    def _read(self, descriptor: int, most: int) -> None:
        try:
            data = os.read(descriptor, most)
        except BlockingIOError:
            return
        index = self._readers[descriptor]
        if not data:
            self._selector.unregister(descriptor)
            os.close(descriptor)
            del self._readers[descriptor]
        if index == 0 and self._trailer is not None:
            data = self._trailer.feed(data)
        if data:
            self._outputs[index].feed(data)

    def _send(self) -> None:
        try:
            sent = os.write(self._input, self._unsent[:PIECE])
        except BlockingIOError:
            return
        except OSError:
            self._close_input()
            return
        self._unsent = self._unsent[sent:]
        if not self._unsent:
            # It stays open: its end is the word to end for a shell elsewhere.
            self._selector.unregister(self._input)

    def _close_input(self, last: bytes = b"") -> None:
        if self._input < 0:
            return
        with contextlib.suppress(KeyError):
            self._selector.unregister(self._input)
        with contextlib.suppress(OSError):
            os.write(self._input, last)
        os.close(self._input)
        self._input = -1

    def _is_done(self) -> bool:
        if self._code is not None:
            return True
        return self._trailer is not None and self._trailer.is_complete and self._stage == "running"

    def _signal(self, number: int) -> None:
        signal_work(self.pid, self._order.mark, number, find_adopted(self._known))

    def _find_work(self) -> set[int]:
        return find_work(self.pid, self._order.mark, find_adopted(self._known))

    def _finish(self) -> Report:
        for descriptor in tuple(self._readers):
            # As much as is there now: a background process may write on and on.
            self._read(descriptor, max(1, _count_waiting(descriptor)))
        if self._trailer is not None:
            self._keep_trailer()
        self._close_input()
        self._facts = read_facts(self._path("facts"))
        code, jobs = self._judge_jobs()
        self._keep_variables()
        _write_whole(self._path("ending"), f"{self._ending}\n")
        if self._path("code").exists() and self._path("code").read_text(encoding="ascii").endswith("\n"):
            self._path("exit").write_text(f"{code}\n", encoding="ascii")
        return Report(
            code=code,
            ending=self._ending,
            duration_s=time.monotonic() - self._began,
            sizes=self.sizes,
            totals=(self._outputs[0].total, self._outputs[1].total),
            failure=self._outputs[0].failure or self._outputs[1].failure,
            jobs={str(pid): status for pid, status in jobs.items()},
        )

    def _judge_jobs(self) -> tuple[int, dict[int, int]]:
        """The exit code, and those of background processes that ended at once: a start that failed is a failure."""
        seen = {pid: code for pid, code in self.children.items() if pid in self._facts.running}
        ended = {**self._facts.ended, **seen}
        code = self._code if self._code is not None else 0
        for pid, status in ended.items():
            write_code(self.find_code_file(pid), status)
        failed = {pid: status for pid, status in ended.items() if status != 0}
        if code == 0 and failed and self._ending == "ended":
            pid, code = next(iter(failed.items()))
            code = code if code > 0 else 128 - code
            self._outputs[1].feed(
                f"gonogo: the background process {pid} ended at once, with exit code {code}\n".encode()
            )
        return code, ended

    def _keep_trailer(self) -> None:
        trailer = self._trailer
        assert trailer is not None
        self._outputs[0].feed(trailer.take_held())
        if trailer.is_complete:
            self._code = int(trailer.parts["code"])
            for name in ("facts", "variables", "state"):
                self._path(name).write_bytes(trailer.parts.get(name, b""))
            _write_whole(self._path("code"), f"{self._code}\n")
        elif self._ending == "ended":
            self._code = self._code or _NO_CONNECTION
            self._outputs[1].feed(b"gonogo: the connection ended before the command did; how it ended is not known\n")

    def _keep_variables(self) -> None:
        path = self._path("variables")
        every = read_variables(path)
        variables = bound_variables(every)
        learnt = self._secrets | find_secrets(variables)
        masker = self._masker if self._masker.knows(learnt) else Masker(learnt)
        for output in self._outputs:
            output.finish(masker)
        self._masker = masker
        if len(variables) < len(every):
            _write_whole(path, write_variables(variables, read_exported(path)))

    def _path(self, what: str) -> Path:
        return Path(f"{self._order.prefix}.{what}")


def write_code(path: Path, code: int) -> None:
    """Write down how a background process ended, in the way a shell counts signals."""
    with contextlib.suppress(OSError):
        path.write_text(f"{code if code >= 0 else 128 - code}\n", encoding="ascii")


def _write_whole(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(text.encode("utf-8", "surrogateescape"))
    beside.replace(path)


def _widen(pipe: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIECE)


def _count_waiting(descriptor: int) -> int:
    return int.from_bytes(fcntl.ioctl(descriptor, termios.FIONREAD, b"\0" * 4), "little")
