"""Serving: one process owns a data folder, says where it listens, and gives both back when it ends.

The lock is the kernel's own (``flock``), so a killed process never leaves it behind.
"""

from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import socket
import sys
from collections.abc import AsyncIterator, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import IO

import msgspec
import uvicorn
from litestar import Litestar

from gonogo.kernel.config import Config
from gonogo.kernel.data_folder import prepare_folder
from gonogo.kernel.http.addresses import is_trusted
from gonogo.kernel.http.connections import BACKLOG, MOST, Connections, count_allowed
from gonogo.kernel.http.frames import FrameSocket
from gonogo.kernel.http.protocol import REQUEST_S, LimitedHttp
from gonogo.kernel.http.tls import load_tls, serve_tls
from gonogo.kernel.kernel import Kernel

WS_MAX_SIZE = 64 * 1024
"""Bytes of one message that a WebSocket client may send; ours send none at all."""
SWITCH_S = 0.001
"""How long a thread may compute while another waits for the interpreter. A write asks for it a dozen times; with the
usual 5 ms each of those could wait for a thread that reads the process table."""


class FolderInUse(Exception):
    """Another process serves this data folder; the message says which and where."""


class PortTaken(Exception):
    """Somebody else listens on the configured port."""


class Address(msgspec.Struct, frozen=True):
    """What ``server.json`` in the data folder holds: who serves it, and where; ``brief`` if for one command only.

    A server with TLS has a second address, ``url``, for programs of this machine; others reach it at ``public``.
    """

    pid: int
    url: str
    brief: bool = False
    public: str = ""


@asynccontextmanager
async def serve_app(app: Litestar, *, port: int | None = None) -> AsyncIterator[Address]:
    """Open the app's kernel and serve it on the configured address (or ``port``) while the block runs.

    Raises ``FolderInUse`` or ``PortTaken`` before anything is started.
    """
    kernel: Kernel = app.state.kernel
    config = kernel.config
    prepare_folder(config.folder)
    tls = load_tls(config)
    with ExitStack() as opened:
        opened.enter_context(_lock_folder(config.folder))
        listener = opened.enter_context(_bind(config.host, config.port if port is None else port))
        # Programs of this machine know no certificate authority of ours: they have a door of their own.
        local = listener if tls is None else opened.enter_context(_bind("127.0.0.1", 0))
        public = "" if tls is None else _make_url(listener, "https")
        async with kernel:
            with tune_interpreter():
                async with _run_uvicorn(app, local) as server:
                    if tls is not None:
                        await serve_tls(server, listener, tls)
                    async with _tell_address(config, local, public) as address:
                        yield address


def find_address(folder: Path) -> Address | None:
    """Where the process that owns this data folder listens; None when none does."""
    try:
        return msgspec.json.decode((folder / "server.json").read_bytes(), type=Address)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave SIGINT and SIGTERM to the command that opened the server."""
        yield


@asynccontextmanager
async def _run_uvicorn(app: Litestar, listener: socket.socket) -> AsyncIterator[uvicorn.Server]:
    server = _Server(configure_server(app, *_count_connections(app)))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not serving.done():  # noqa: ASYNC110 — uvicorn offers no event to wait on
            await asyncio.sleep(0.005)
        if serving.done():
            serving.result()
        yield server
    finally:
        app.state.kernel.closing.set()
        server.should_exit = True
        await serving


@contextmanager
def tune_interpreter() -> Generator[None, None, None]:
    """What start-up made stays as long as the server: looking through it again costs up to 100 ms a pause."""
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    sys.setswitchinterval(SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def _lock_folder(folder: Path) -> IO[str]:
    lock = (folder / "server.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        owner = find_address(folder)
        told = f"process {owner.pid} at {owner.url}" if owner else "another process"
        raise FolderInUse(
            f"{folder} is served by {told}. Use that one, or set GONOGO_HOME to another folder."
        ) from error
    return lock


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named TCP, or the event loop would not switch Nagle's algorithm off (40 ms an answer).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(
            f"Can't listen on {host}:{port}: {error.strerror}. Set GONOGO_PORT (or --port) to a free one."
        ) from error
    return listener


def _make_url(listener: socket.socket, scheme: str = "http") -> str:
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"{scheme}://{host}:{port}"


def configure_server(
    app: Litestar, limits: Connections | None = None, backlog: int = BACKLOG, request_s: float = REQUEST_S
) -> uvicorn.Config:
    """How uvicorn serves us: inside our loop, within ``limits``, without logs or signals of its own."""
    limits = limits or Connections(MOST, MOST)
    return uvicorn.Config(
        app,
        loop="none",
        http=partial(LimitedHttp, limits=limits, request_s=request_s),  # type: ignore[arg-type]
        ws=partial(FrameSocket, limits=limits),  # type: ignore[arg-type]
        ws_max_size=WS_MAX_SIZE,
        ws_per_message_deflate=False,
        backlog=backlog,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
        server_header=False,
        proxy_headers=False,
    )


def _count_connections(app: Litestar) -> tuple[Connections, int]:
    """At most as many connections as open files allow; one address may have half of them."""
    kernel: Kernel = app.state.kernel
    total, backlog = count_allowed()
    limits = Connections(total, total // 2, lambda address: is_trusted(address, kernel.config))
    kernel.collectors.append(limits)
    return limits, backlog


@asynccontextmanager
async def _tell_address(config: Config, listener: socket.socket, public: str) -> AsyncIterator[Address]:
    address = Address(os.getpid(), _make_url(listener), config.embedded, public)
    path, temporary = config.folder / "server.json", config.folder / ".server.json"
    temporary.write_bytes(msgspec.json.encode(address))
    temporary.replace(path)
    try:
        yield address
    finally:
        path.unlink(missing_ok=True)
