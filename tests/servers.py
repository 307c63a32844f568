"""Throwaway servers of Redis and Postgres: real programs in a temporary folder, on a free port of this machine."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

import psutil

from tests.programs import ensure_program

PATIENCE_S = 30.0
S = TypeVar("S", bound="Server")


def find_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Server:
    """One process that listens on ``port``; ``restart`` keeps its data and its port."""

    def __init__(self, name: str) -> None:
        self.folder = Path(mkdtemp(prefix=f"gonogo-{name}-"))
        self.port = find_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        raise NotImplementedError

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command(), stdout=log, stderr=log, start_new_session=True)
        wait_until(self._answers, f"{self.folder} never answered: {self._read_log()}")

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order and remove its folder."""
        self._end(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self) -> None:
        """Kill it and start it again on the same data."""
        self.kill()
        self.start()

    def freeze(self) -> None:
        """Stop its answering without closing a connection, until ``thaw``."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        server = psutil.Process(self._process.pid)
        # Postgres' sessions are processes with groups of their own.
        for process in (server, *server.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def _end(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._signal(number)
            self._process.wait(PATIENCE_S)
        self._process = None

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _answers(self) -> bool:
        raise NotImplementedError

    def _read_log(self) -> str:
        return (self.folder / "log").read_text()[-2000:]


class RedisServer(Server):
    """Redis; ``durable`` writes every change to disk before it answers."""

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self._program = ensure_program("redis-server")
        super().__init__("redis")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def _command(self) -> list[str]:
        kept = ["--appendonly", "yes", "--appendfsync", "always"] if self._durable else ["--appendonly", "no"]
        place = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        return [self._program, *place, "--save", "", *kept]

    def _answers(self) -> bool:
        return self.ask("PING") == "PONG"

    def ask(self, *words: str) -> str:
        """What Redis answers to a command, as text."""
        done = subprocess.run(
            [ensure_program("redis-cli", "redis-tools"), "-p", str(self.port), *words], capture_output=True, text=True
        )
        return done.stdout.strip()


class PostgresServer(Server):
    """Postgres, which refuses to run as root: there it runs as ``nobody``."""

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        super().__init__("postgres")
        self._programs = _find_postgres()
        if os.geteuid() == 0:
            shutil.chown(self.folder, "nobody")
        self._run("initdb", "-D", self._data, "-U", "gonogo", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")

    @property
    def url(self) -> str:
        return f"postgresql://gonogo@127.0.0.1:{self.port}/postgres"

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _command(self) -> list[str]:
        options = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        options |= {"fsync": "on" if self._durable else "off", "max_connections": 200, "shared_buffers": "64MB"}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return [*_as_nobody(), str(self._programs / "postgres"), "-D", self._data, *settings]

    def _answers(self) -> bool:
        asked = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(asked).returncode == 0

    def _run(self, program: str, *words: str) -> None:
        subprocess.run([*_as_nobody(), str(self._programs / program), *words], check=True, capture_output=True)


def _as_nobody() -> list[str]:
    return ["setpriv", "--reuid", "nobody", "--clear-groups"] if os.geteuid() == 0 else []


def _find_postgres() -> Path:
    ensure_program("psql", "postgresql")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return installed[-1].parent if installed else Path(ensure_program("postgres", "postgresql")).parent


def wait_until(holds: Callable[[], bool], otherwise: str, patience_s: float = PATIENCE_S) -> None:
    """Wait for a condition, at most ``patience_s``; then raises ``TimeoutError``."""
    end = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(otherwise)
        time.sleep(0.02)


@cache
def run_redis() -> RedisServer:
    """The Redis of this test process, started by its first user."""
    return _run_until_exit(RedisServer())


@cache
def run_postgres() -> PostgresServer:
    """The Postgres of this test process, started by its first user."""
    return _run_until_exit(PostgresServer())


def _run_until_exit(server: S) -> S:
    server.start()
    atexit.register(server.stop)
    return server
