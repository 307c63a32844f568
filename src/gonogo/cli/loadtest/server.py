"""The server under test: one of our own in a temporary folder, or one that runs on this machine already."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from gonogo.cli.exits import CannotRun
from gonogo.cli.loadtest.catalog import CHUNK, make_catalogs
from gonogo.client.discovery import find_owner, find_target
from gonogo.client.gonogo import Gonogo
from gonogo.client.transport import is_loopback

START_LIMIT_S = 60.0
END_LIMIT_S = 20.0
MAIN = "import sys; from gonogo.cli.main import main; sys.exit(main())"


class Server(NamedTuple):
    """Where it is and what opens it. Without its data folder the database and the memory stay out of sight."""

    url: str
    key: str
    home: Path | None
    process: Any | None

    @property
    def headers(self) -> dict[str, str]:
        """What shows the key."""
        return {"Authorization": f"Bearer {self.key}"}

    @property
    def rss_mb(self) -> float | None:
        """Resident memory in millions of bytes."""
        return None if self.process is None else float(self.process.memory_info().rss) / 1e6

    @property
    def cpu_s(self) -> float | None:
        """Processor time used so far."""
        if self.process is None:
            return None
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def open_server(url: str | None, count: int, tell: Callable[[float], None]) -> Iterator[Server]:
    """A server with so many settings: the one at ``url``, or a new one that is gone afterwards. Raises ``CannotRun``.

    One that stays is rid of the settings at the end. ``tell`` is told what share of them is declared.
    """
    raise_file_limit()
    if url is not None:
        server = find_server(url)
        sources = declare_settings(server, count, tell)
        try:
            yield server
        finally:
            remove_settings(server, sources)
        return
    with tempfile.TemporaryDirectory(prefix="gonogo-loadtest-") as folder:
        with start_server(Path(folder)) as server:
            declare_settings(server, count, tell)
        # Started anew, or its memory would be that of the declaring.
        with start_server(Path(folder)) as server:
            yield server


@contextmanager
def start_server(folder: Path) -> Iterator[Server]:
    """``gonogo serve`` on a free port, with a data folder in ``folder``."""
    home = folder / "home"
    environment = {"GONOGO_HOME": str(home), "GONOGO_LOG_LEVEL": "error", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", MAIN, "serve", "--port", "0"]
    # A session of its own, so that Ctrl-C ends the test and the test ends the server.
    manner: dict[str, Any] = {"stdout": subprocess.DEVNULL, "start_new_session": True}
    process = subprocess.Popen(command, cwd=folder, env=environment, **manner)
    try:
        url = await_address(home, process)
        key = (home / "local.key").read_text(encoding="utf-8").strip()
        yield Server(url, key, home, psutil.Process(process.pid))
    finally:
        process.terminate()
        try:
            process.wait(END_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def await_address(home: Path, process: subprocess.Popen[bytes]) -> str:
    """Where the server says that it is. Raises ``CannotRun`` when it does not start."""
    end = time.monotonic() + START_LIMIT_S
    while (owner := find_owner(home)) is None:
        if process.poll() is not None or time.monotonic() > end:
            raise CannotRun("The server to be tested did not start.")
        time.sleep(0.05)
    return owner.url


def find_server(url: str) -> Server:
    """The running server at ``url``, which must be on this machine. Raises ``CannotRun``."""
    if not is_loopback(url):
        raise CannotRun(f"{url} is not this machine. A load test against others is not for this command.")
    target = find_target(url)
    if target is None or target.key is None:
        raise CannotRun(f"There is no key for {url}. Set GONOGO_API_KEY, or GONOGO_HOME to its data folder.")
    home = find_home()
    owner = find_owner(home)
    if owner is None or owner.url != target.url:
        return Server(target.url, target.key, None, None)
    return Server(target.url, target.key, home, psutil.Process(owner.pid))


def find_home() -> Path:
    """The data folder of this shell."""
    from gonogo.kernel.config import load_config

    return load_config().folder


def declare_settings(server: Server, count: int, tell: Callable[[float], None]) -> list[str]:
    """Declare the settings of the test; gives the names of their catalogs."""
    sources = []
    with Gonogo(server.url, server.key) as gonogo:
        for source, text in make_catalogs(count):
            gonogo.settings.declare(text, "json", source)
            sources.append(source)
            tell(min(1.0, len(sources) * CHUNK / count))
    return sources


def remove_settings(server: Server, sources: list[str]) -> None:
    """Let the server be as it was."""
    with Gonogo(server.url, server.key) as gonogo:
        for source in sources:
            gonogo.settings.declare("{}", "json", source, prune=True)


def raise_file_limit() -> None:
    """As many open files as this user may have: every client is one."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
