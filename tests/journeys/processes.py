"""Real ``gonogo`` processes on a data folder of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from gonogo.client.discovery import find_owner
from gonogo.client.gonogo import Gonogo

DEADLINE_S = 120.0
GONOGO = Path(sys.executable).with_name("gonogo")


@dataclass
class Machine:
    """A folder to work in and a data folder, with the environment that keeps everything else out."""

    folder: Path
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GONOGO_")}
        own = {
            "GONOGO_HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "GONOGO_DATABASE_SYNCHRONOUS": "NORMAL",
            "GONOGO_ADMIN_PASSWORD": "correct horse battery staple",
            "PATH": f"{GONOGO.parent}{os.pathsep}{kept.get('PATH', '')}",
        }
        return kept | own

    def write(self, name: str, text: str) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def keep_data(self) -> None:
        """Let the data folder be one that a Gonogo has used."""
        self.home.mkdir(exist_ok=True)
        (self.home / "server.lock").touch()

    def count(self, name: str) -> int:
        """How many lines a file of the folder has; 0 when it is not there."""
        path = self.folder / name
        return len(path.read_text().splitlines()) if path.exists() else 0

    def call(self, *arguments: str, input: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``gonogo`` with these arguments to its end."""
        return subprocess.run(
            [GONOGO, *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            input=input,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )

    def read_json(self, *arguments: str) -> Any:
        """What a command prints with ``--json``."""
        done = self.call(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return msgspec.json.decode(done.stdout)

    @contextmanager
    def start(self, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """A ``gonogo`` that goes on; it is killed at the end of the block if it still does."""
        process = subprocess.Popen(
            [GONOGO, *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    @contextmanager
    def serve(self) -> Iterator[subprocess.Popen[str]]:
        """``gonogo up`` on a free port, ready."""
        with self.start("up", "--port", "0") as server:
            wait_until(lambda: self.is_served_by(server) or server.poll() is not None, "the server is up")
            assert server.poll() is None, server.communicate()
            yield server

    def is_served_by(self, server: subprocess.Popen[str]) -> bool:
        """Whether this process has the data folder; a killed one leaves its address behind."""
        owner = find_owner(self.home)
        return owner is not None and owner.pid == server.pid

    def connect(self) -> Gonogo:
        """A client of the server that serves the data folder."""
        return Gonogo(home=self.home)


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Look until it holds. Fails with ``what`` after the deadline."""
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline, f"waited {DEADLINE_S:.0f} s in vain until {what}"
        time.sleep(0.02)


def kill_hard(process: subprocess.Popen[str]) -> None:
    """What a power cut or the kernel does to a process."""
    process.send_signal(signal.SIGKILL)
    process.wait(DEADLINE_S)


def only_line(text: str) -> str:
    """The one line in ``text``."""
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]
