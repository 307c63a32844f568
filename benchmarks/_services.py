"""The service that ``services_swap.py`` swaps, and its load over kept connections. The argument says which."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
import time
from collections import Counter
from typing import Any

import aiohttp


def find_port() -> int:
    """A free port of this machine."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answers everything alike."""
    if scope["type"] == "http":
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


def serve(word: str) -> None:
    """Serve on an inherited descriptor, ``port:N``, or ``shared:N`` with SO_REUSEPORT."""
    import uvicorn

    kind, _, port = word.partition(":")
    listener = socket.socket(fileno=int(kind)) if not port else socket.socket()
    if port:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if kind == "shared":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", int(port)))
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_keep_alive=60)
    uvicorn.Server(config).run(sockets=[listener])


class Load:
    """An open loop: a request is due at its time, whatever became of those before it."""

    def __init__(self, port: int, rate: float) -> None:
        self._url, self._rate = f"http://127.0.0.1:{port}/", rate
        self._stopped = asyncio.Event()
        self._errors: Counter[str] = Counter()
        self._sent = 0

    async def run(self) -> None:
        """Send until SIGTERM, then print the counts."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._stopped.set)
        connector = aiohttp.TCPConnector(limit=64, keepalive_timeout=120)
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            began, due = time.monotonic(), 0
            async with asyncio.TaskGroup() as group:
                while not self._stopped.is_set():
                    while due < (time.monotonic() - began) * self._rate:
                        group.create_task(self._send(session))
                        due += 1
                    await asyncio.sleep(0.002)
        told = {"sent": self._sent, "failed": self._errors.total(), "errors": dict(self._errors)}
        sys.stdout.write(json.dumps(told))

    async def _send(self, session: aiohttp.ClientSession) -> None:
        self._sent += 1
        try:
            async with session.post(self._url, data=b"x") as answer:
                if answer.status != 200:
                    self._errors[str(answer.status)] += 1
                await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._errors[type(error).__name__] += 1


if __name__ == "__main__":
    if sys.argv[1].startswith("load:"):
        _, port, rate = sys.argv[1].split(":")
        asyncio.run(Load(int(port), float(rate)).run())
    else:
        serve(sys.argv[1])
