"""Live push: one WebSocket a tab carries names and sequence numbers; the page asks for what it shows.

``/api/events/ws?topics=release,release:ID&since=SEQ``. Messages, all with ``type``:
``hello`` (``seq`` of the newest event, ``heartbeat`` seconds), ``event`` (``topic``, ``name``, ``subject``, ``seq``,
``at``, ``by``; ``seq`` null and ``data`` for a passing notice), ``reset`` (too far behind: load anew), ``ping``.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect

from gonogo.kernel.db.event_log import find_events, get_last_seq
from gonogo.kernel.events.bus import Subscription
from gonogo.kernel.events.event import Event
from gonogo.kernel.kernel import Kernel

HEARTBEAT_S = 15.0
CATCH_UP_PAGE = 500
CATCH_UP_MOST = 5000


@websocket("/api/events/ws")
async def stream_events(
    socket: WebSocket[Any, Any, Any], kernel: Kernel, topics: str = "*", since: int | None = None
) -> None:
    """Stream events of ``topics`` (comma-separated), after ``since`` if given, until the client leaves."""
    wanted = [topic.strip() for topic in topics.split(",") if topic.strip()]
    with kernel.bus.subscribe(*wanted) as subscription:
        await socket.accept()
        feed = _Feed(socket, kernel, subscription)
        leaving = asyncio.create_task(_wait_for_leave(socket))
        feeding = asyncio.create_task(feed.run(since))
        try:
            await asyncio.wait({leaving, feeding}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            feeding.cancel()
            results = await asyncio.gather(leaving, feeding, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
            raise result


async def _wait_for_leave(socket: WebSocket[Any, Any, Any]) -> None:
    while True:
        await socket.receive_text()


class _Feed:
    def __init__(self, socket: WebSocket[Any, Any, Any], kernel: Kernel, subscription: Subscription) -> None:
        self._socket = socket
        self._kernel = kernel
        self._subscription = subscription
        self._sent = 0
        self._missed = 0

    async def run(self, since: int | None) -> None:
        newest = await self._kernel.db.read(get_last_seq)
        await self._socket.send_json({"type": "hello", "seq": newest, "heartbeat": HEARTBEAT_S})
        self._sent = newest if since is None else since
        if since is not None:
            await self._catch_up(newest)
        while True:
            await self._forward_next()

    async def _forward_next(self) -> None:
        try:
            event = await asyncio.wait_for(self._subscription.get(), HEARTBEAT_S)
        except TimeoutError:
            await self._socket.send_json({"type": "ping"})
            return
        if self._subscription.missed > self._missed:
            self._missed = self._subscription.missed
            await self._catch_up(await self._kernel.db.read(get_last_seq))
        await self._send(event)

    async def _catch_up(self, newest: int) -> None:
        if not 0 <= newest - self._sent <= CATCH_UP_MOST:
            self._sent = newest
            await self._socket.send_json({"type": "reset", "seq": newest})
            return
        while self._sent < newest:
            page = await self._kernel.db.read(partial(find_events, after=self._sent, limit=CATCH_UP_PAGE))
            for event in page:
                await self._send(event)
            self._sent = page[-1].seq or newest if page else newest

    async def _send(self, event: Event) -> None:
        matched = [topic for topic in event.topics if topic in self._subscription.topics]
        if not matched or (event.seq is not None and event.seq <= self._sent):
            return
        message = {
            "type": "event",
            "topic": matched[-1] if matched[-1] != "*" else event.topics[0],
            "name": event.name,
            "subject": event.subject,
            "seq": event.seq,
            "at": event.at,
            "by": event.actor_name,
        }
        if event.seq is None:
            message["data"] = event.data
        else:
            self._sent = event.seq
        await self._socket.send_json(message)
