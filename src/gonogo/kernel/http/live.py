"""Live push: one WebSocket a tab carries names and sequence numbers; the page asks for what it shows.

``/api/events/ws?topics=release,release:ID&since=SEQ``. Messages, all with ``type``:
``hello`` (``seq`` of the newest event, ``heartbeat`` seconds), ``event`` (``topic``, ``name``, ``subject``, ``seq``,
``at``, ``by``; ``seq`` null and ``data`` for a passing notice), ``reset`` (too far behind: load anew), ``ping``.
A socket whose login ended is closed with code 4401.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any

from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect

from gonogo.kernel.auth.scopes import declare_scope
from gonogo.kernel.db.event_log import find_events, get_last_seq
from gonogo.kernel.errors import NotSignedIn
from gonogo.kernel.events.bus import Subscription
from gonogo.kernel.events.event import Event
from gonogo.kernel.events.privacy import hide_emails
from gonogo.kernel.http.authentication import identify_caller
from gonogo.kernel.kernel import Kernel

HEARTBEAT_S = 15.0
CATCH_UP_PAGE = 500
CATCH_UP_MOST = 5000
LOGIN_ENDED = 4401

Socket = WebSocket[Any, Any, Any]


@websocket("/api/events/ws", opt=declare_scope("admin"))
async def stream_events(socket: Socket, kernel: Kernel, topics: str = "*", since: int | None = None) -> None:
    """Stream events of ``topics`` (comma-separated), after ``since`` if given, until the client leaves."""
    wanted = [topic.strip() for topic in topics.split(",") if topic.strip()]
    with kernel.bus.subscribe(*wanted) as subscription:
        await socket.accept()
        feed = _Feed(socket, kernel, subscription)
        try:
            await _run_until_first(_wait_for_leave(socket), feed.run(since), feed.beat())
        except WebSocketDisconnect:
            return
        except NotSignedIn:
            await socket.close(code=LOGIN_ENDED)


async def _run_until_first(*works: Coroutine[Any, Any, None]) -> None:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _wait_for_leave(socket: Socket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


class _Feed:
    def __init__(self, socket: Socket, kernel: Kernel, subscription: Subscription) -> None:
        self._socket = socket
        self._kernel = kernel
        self._subscription = subscription
        self._login_checked = kernel.authenticator.changes
        self._may_read_all = socket.user.may("admin")
        self._sent = 0
        self._missed = 0

    async def run(self, since: int | None) -> None:
        newest = await self._kernel.db.read(get_last_seq)
        await self._socket.send_json({"type": "hello", "seq": newest, "heartbeat": HEARTBEAT_S})
        self._sent = newest if since is None else since
        if since is not None:
            await self._catch_up(newest)
        while True:
            event = await self._subscription.get()
            await self._recheck_login()
            if self._subscription.missed > self._missed:
                self._missed = self._subscription.missed
                await self._catch_up(await self._kernel.db.read(get_last_seq))
            await self._send(event)

    async def beat(self) -> None:
        while True:
            await self._kernel.clock.sleep(HEARTBEAT_S)
            # Also without a change: a token or key may have run out.
            await identify_caller(self._kernel, self._socket.scope)
            await self._socket.send_json({"type": "ping"})

    async def _recheck_login(self) -> None:
        changes = self._kernel.authenticator.changes
        if changes != self._login_checked:
            await identify_caller(self._kernel, self._socket.scope)
            self._login_checked = changes

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
        if event.seq is not None:
            self._sent = event.seq
        if not self._may_read_all:
            event = hide_emails(event)
        await self._socket.send_json(_make_message(event, matched[-1] if matched[-1] != "*" else event.topics[0]))


def _make_message(event: Event, topic: str) -> dict[str, Any]:
    message = {
        "type": "event",
        "topic": topic,
        "name": event.name,
        "subject": event.subject,
        "seq": event.seq,
        "at": event.at,
        "by": event.actor_name,
    }
    return message if event.seq is not None else message | {"data": event.data}
