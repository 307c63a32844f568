"""What the observe benchmarks share: a server process on a folder, quantiles, and made-up history from a real trace."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from gonogo.observe.codec import Column
from gonogo.observe.tiers import SLOTS

TRACE = Path(__file__).parents[1] / "tests/observe/fixtures/host_under_load.json"
PATH = "/api/v1/observability/infrastructure"
START_LIMIT_S = 60.0


class Server(NamedTuple):
    """A running ``gonogo serve``: its address, its process, and a key that opens it."""

    url: str
    process: psutil.Process
    key: str

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {"Authorization": f"Bearer {self.key}"}


@contextmanager
def run_server(home: Path, port: int = 0) -> Iterator[Server]:
    """Serve the folder from a process of its own."""
    (home / "server.json").unlink(missing_ok=True)
    command = [str(Path(sys.executable).with_name("gonogo")), "serve", "--port", str(port)]
    environ = {**os.environ, "GONOGO_HOME": str(home), "GONOGO_LOG_LEVEL": "error"}
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as child:
        try:
            url = wait_for(home, child)
            yield Server(url, psutil.Process(child.pid), (home / "local.key").read_text().strip())
        finally:
            child.terminate()


def wait_for(home: Path, child: subprocess.Popen[bytes]) -> str:
    """The address, once the server says it."""
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and child.poll() is None:
        if (home / "server.json").exists():
            return str(json.loads((home / "server.json").read_text())["url"])
        time.sleep(0.05)
    raise SystemExit("The server did not start.")


def quantile(times: Sequence[float], q: float) -> float:
    """The value that a share ``q`` of all stays at or below."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def read_trace() -> list[list[int]]:
    """An hour's worth of samples recorded under load, in quanta, one column for each metric."""
    columns: list[list[int | None]] = json.loads(TRACE.read_text())["columns"]
    return [
        [0 if value is None else value for value in (column * (SLOTS // len(column) + 1))[:SLOTS]] for column in columns
    ]


def vary_hour(trace: Sequence[Sequence[int]], chance: random.Random) -> list[Column]:
    """Another hour of the same kind: begun elsewhere, scaled, with noise in the last digit."""
    shift, scale = chance.randrange(SLOTS), chance.uniform(0.6, 1.2)
    return [
        [round(value * scale) + (chance.randrange(2) if value else 0) for value in (*column[shift:], *column[:shift])]
        for column in trace
    ]
