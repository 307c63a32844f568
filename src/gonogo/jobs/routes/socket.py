"""``/api/jobs/ws``: the queue's numbers as they move, and what happens to jobs.

Messages have a ``type``: ``stats`` (on connecting, and at most once a second while they move) and ``event``
(``job.failed``, ``job.dead``, ``job.cancelled``, ``job.retried``, with ``subject`` and ``data``).
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect

from gonogo.jobs.desk import JobsDesk
from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.errors import NotSignedIn
from gonogo.kernel.events.bus import Subscription
from gonogo.kernel.http.authentication import identify_caller
from gonogo.kernel.http.live import LOGIN_ENDED
from gonogo.kernel.kernel import Kernel

Socket = WebSocket[Actor, Any, Any]


@websocket("/api/jobs/ws", opt=declare_scope("admin"))
async def stream_jobs(socket: Socket, kernel: Kernel) -> None:
    """Stream until the client leaves or its login ends."""
    with kernel.bus.subscribe("job") as subscription:
        await socket.accept()
        sending = asyncio.create_task(_send_all(socket, kernel, subscription))
        leaving = asyncio.create_task(_wait_for_leave(socket))
        try:
            done, _ = await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except WebSocketDisconnect:
            return
        except NotSignedIn:
            await socket.close(code=LOGIN_ENDED)
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)


async def _wait_for_leave(socket: Socket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _send_all(socket: Socket, kernel: Kernel, subscription: Subscription) -> None:
    measures = kernel.get_part(JobsDesk).measures
    await _send_stats(socket, measures.stats)
    async for event in subscription:
        await identify_caller(kernel, socket.scope)
        if event.name == "job.moved":
            await _send_stats(socket, measures.stats)
        else:
            told = {"name": event.name, "subject": event.subject, "at": event.at, "data": event.data}
            await socket.send_json({"type": "event", **told})


async def _send_stats(socket: Socket, stats: Any) -> None:
    await socket.send_json({"type": "stats", "data": msgspec.to_builtins(stats)})
