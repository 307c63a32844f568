"""The stage for the settings benchmarks: a server process of its own, filled with settings and started anew.

Run as a program it is that server: ``python _settings.py HOME COUNT fill|serve``; with ``bare`` it is the framework
alone, on the same web server with the same options.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import uvicorn
import uvloop
from litestar import Litestar, get

from gonogo.app import create_app
from gonogo.kernel.auth.actor import SYSTEM
from gonogo.kernel.config import load_config
from gonogo.kernel.http.server import find_address, serve_app
from gonogo.settings.catalog import Catalog, make_catalog
from gonogo.settings.commands.catalog import declare_catalog
from gonogo.settings.desk import Desk

if TYPE_CHECKING:
    import aiohttp

MARKER = "bench.marker"
_GROUPS = ("physics", "rendering", "agents", "quality", "analytics", "dashboard", "performance", "network")
_THINGS = ("spring", "bloom", "camera", "shadow", "label", "edge", "node", "cluster", "timeline", "particle", "gravity")
_ASPECTS = ("strength", "radius", "opacity", "interval", "limit", "threshold", "damping", "scale", "budget", "delay")


def make_settings(count: int) -> Catalog:
    """``count`` settings named as people name them, and the marker that benchmarks change."""
    table: dict[str, Any] = {MARKER: {"type": "int", "default": 0}}
    for number in range(count - 1):
        group = _GROUPS[number % len(_GROUPS)]
        thing, aspect = _THINGS[number % len(_THINGS)], _ASPECTS[number // 7 % len(_ASPECTS)]
        table[f"{group}.{thing}{number}.{aspect}"] = {
            "type": "float",
            "default": 0.5,
            "min": 0,
            "max": 10,
            "label": f"{thing.capitalize()} {number} {aspect}",
            "description": f"The {aspect} of the {thing} in {group}, as the scene is drawn.",
        }
    return make_catalog({"settings": table})


class Stage:
    """A running server: its address, key, data folder and process."""

    def __init__(self, home: Path, process: subprocess.Popen[str]) -> None:
        address = find_address(home)
        assert address is not None
        self.home = home
        self.url = address.url
        self.key = (home / "local.key").read_text().strip()
        self.headers = {"Authorization": f"Bearer {self.key}"}
        self._process = psutil.Process(process.pid)

    @property
    def rss_mb(self) -> float:
        """Resident memory of the server."""
        return float(self._process.memory_info().rss) / 1e6

    def session(self) -> aiohttp.ClientSession:
        """A client that is signed in."""
        import aiohttp  # not at the top: the server's memory is measured too

        return aiohttp.ClientSession(self.url, headers=self.headers)


@contextmanager
def open_stage(count: int) -> Iterator[Stage]:
    """A server with ``count`` settings, started anew after they were declared."""
    with tempfile.TemporaryDirectory(prefix="gonogo-bench-") as folder:
        home = Path(folder)
        _run_child(home, count, "fill").wait()
        process = _run_child(home, count, "serve")
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield Stage(home, process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


@contextmanager
def open_bare() -> Iterator[str]:
    """The address of the framework alone."""
    process = _run_child(Path(), 0, "bare")
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def quantile(values: Sequence[float], q: float) -> float:
    """The value below which a share ``q`` of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * q))]


def report(name: str, measured: str, target: str, *, passed: bool) -> None:
    """One line of a result."""
    print(f"{'pass' if passed else 'FAIL'}  {name}: {measured} (target: {target})", flush=True)


def _run_child(home: Path, count: int, task: str) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, str(home), str(count), task]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@get("/api/settings/{key:str}")
async def answer_bare(key: str) -> dict[str, Any]:
    """What the framework does when it answers a small dictionary, and nothing else."""
    return {"status": "success", "data": {"key": key, "value": 0}}


async def _run_bare() -> None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        Litestar([answer_bare], openapi_config=None),
        loop="none",
        http="httptools",
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
    )
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    await uvicorn.Server(config).serve(sockets=[listener])


@asynccontextmanager
async def _serve(home: Path) -> AsyncIterator[Litestar]:
    app = create_app(load_config({}, home=str(home), log_level="error"))
    async with serve_app(app, port=0):
        yield app


async def _run(home: Path, count: int, task: str) -> None:
    if task == "bare":
        await _run_bare()
        return
    async with _serve(home) as app:
        if task == "fill":
            await declare_catalog(app.state.kernel.get_part(Desk), SYSTEM, make_settings(count), source="benchmark")
            return
        ended = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
        print("ready", flush=True)
        await ended.wait()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    uvloop.run(_run(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
