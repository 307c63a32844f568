"""Serve one version on a socket that is handed down: ``python serve.py v1.service 3``.

Asked to end, it takes no new connections and answers those it has with ``Connection: close`` for a moment before it
goes, so that no client finds its connection gone in mid-request.
"""

from __future__ import annotations

import asyncio
import importlib
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from types import FrameType
from typing import Any

import uvicorn

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
FAREWELL_S = 1.0


class LeavingServer(uvicorn.Server):
    """Says goodbye on every connection before it ends."""

    is_leaving = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.is_leaving:
            return
        self.is_leaving = True
        for listening in self.servers:
            listening.close()
        asyncio.get_running_loop().call_later(FAREWELL_S, lambda: super(LeavingServer, self).handle_exit(sig, frame))

    def take_leave(self, application: Application) -> Application:
        """The application, with a goodbye in its answers from the moment this server leaves."""

        async def answer(scope: Message, receive: Receive, send: Send) -> None:
            async def say(message: Message) -> None:
                if self.is_leaving and message["type"] == "http.response.start":
                    message["headers"] = [*message["headers"], (b"connection", b"close")]
                await send(message)

            await application(scope, receive, say if scope["type"] == "http" else send)

        return answer


def main(module: str, descriptor: int) -> None:
    """Serve ``module.app`` until a signal comes."""
    config = uvicorn.Config("", log_level="warning", access_log=False, lifespan="off")
    server = LeavingServer(config)
    config.app = server.take_leave(importlib.import_module(module).app)
    server.run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
