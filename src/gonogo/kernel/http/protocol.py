"""uvicorn's HTTP protocol with limits: on the head of a request, on silence, and on the number of connections."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from gonogo.kernel.http.connections import Connections

MAX_HEAD = 16 * 1024
"""Bytes of a request's address and headers."""
REQUEST_S = 20.0
"""Seconds for a whole head to come, and at most between two pieces of a body."""
READ_S = 60.0
"""Seconds that a client may leave an answer unread."""
_HEAD_TOO_LARGE = f"The address and headers of a request may have {MAX_HEAD} bytes together. Send shorter ones."
_TOO_MANY = "Too many connections are open. Close some, or try again in a moment."


class LimitedHttp(HttpToolsProtocol):
    """One connection. ``limits`` counts it; ``request_s`` is how long it may stay silent."""

    def __init__(self, *args: Any, limits: Connections, request_s: float = REQUEST_S, **options: Any) -> None:
        super().__init__(*args, **options)
        self._limits = limits
        self._request_s = request_s
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._in_head = True
        self._heads = 0
        self._head_size = 0
        self._head_received = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count it, and wait for its first request."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        if self._limits.admit(transport, address, transport.abort):
            self._wait()
        else:
            self._answer(503, _TOO_MANY)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no longer."""
        self._stop_waiting()
        self._stop_unread()
        self._limits.release(self.transport)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, as long as the head is within its bounds and the rest comes in time."""
        if self.transport.is_closing():
            return
        began, was_in_head = self._heads, self._in_head
        super().data_received(data)
        if self.transport.is_closing() or self.parser is None:
            return
        if not self._in_head:
            self._wait()  # anew with each piece of a body
        elif was_in_head and self._heads == began:  # all of this piece belongs to one head
            self._head_received += len(data)
            if self._head_received > MAX_HEAD:
                self._answer(431, _HEAD_TOO_LARGE)
        if self._in_head and self._timer is None and (self.cycle is None or self.cycle.response_complete):
            self._wait()

    def on_message_begin(self) -> None:
        """A new head begins."""
        super().on_message_begin()
        self._head_size = 0

    def on_url(self, url: bytes) -> None:
        """Part of the address."""
        self._count_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._count_head(len(name) + len(value) + 4)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: the connection is busy."""
        self._stop_waiting()
        self._in_head = False
        self._heads += 1
        self._head_received = 0
        self._limits.mark_busy(self.transport)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is whole."""
        super().on_message_complete()
        self._stop_waiting()
        self._in_head = True

    def on_response_complete(self) -> None:
        """The connection waits again, and may have to give way."""
        super().on_response_complete()
        if not self.pipeline and self.cycle is not None and self.cycle.response_complete:
            self._limits.mark_idle(self.transport)

    def handle_websocket_upgrade(self) -> None:
        """A WebSocket has limits of its own."""
        self._stop_waiting()
        self._limits.mark_busy(self.transport)
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """Refuse a request that can't be parsed, or whose head is too large."""
        if self._head_size > MAX_HEAD:
            self._answer(431, _HEAD_TOO_LARGE)
        else:
            super().send_400_response(msg)

    def pause_writing(self) -> None:
        """The client does not read: not for ever."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(READ_S, self._give_up)

    def resume_writing(self) -> None:
        """It has caught up."""
        self._stop_unread()
        super().resume_writing()

    def _count_head(self, size: int) -> None:
        self._head_size += size
        if self._head_size > MAX_HEAD:
            raise ValueError(_HEAD_TOO_LARGE)

    def _wait(self) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(self._request_s, self._give_up_waiting)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stop_unread(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _give_up_waiting(self) -> None:
        if self.flow.read_paused:
            self._wait()  # it is we who do not read
        else:
            self._give_up()

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self._limits.count_timeout()
            self.transport.abort()

    def _answer(self, status: int, detail: str) -> None:
        self._stop_waiting()
        text = detail.encode()
        head = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(text)
        self.transport.write(STATUS_LINE[status] + head + text)
        self.transport.close()
