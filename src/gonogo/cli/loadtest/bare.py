"""The framework without us: the same server, one route that answers a small dictionary. Run as a program it serves."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

import uvicorn
import uvloop
from litestar import Litestar, get


@get("/api/settings/{key:str}")
async def answer_bare(key: str) -> dict[str, Any]:
    """What the framework does by itself."""
    return {"status": "success", "data": {"key": key, "value": 0}}


async def serve_bare() -> None:
    """Serve on a free loopback port, said on the first line of standard output, until the process is ended."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    app = Litestar([answer_bare], openapi_config=None, logging_config=None)
    manner: dict[str, Any] = {"loop": "none", "http": "httptools", "lifespan": "off", "server_header": False}
    config = uvicorn.Config(app, log_config=None, access_log=False, **manner)
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    try:
        uvloop.run(serve_bare())
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(0)
