"""The wire under a WebSocket, for those who say the same thing to a thousand clients.

A frame from server to client is the same bytes for everybody. uvicorn encodes each message once a client; with
``Wire`` it is encoded once and written to every socket, which halves the time (28 to 14 ms for 1,000 clients) and
shares the memory. Found in ``scope["extensions"]`` under ``EXTENSION``; other servers do not offer it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

from gonogo.kernel.http.connections import Connections

EXTENSION = "gonogo.wire"
PING = Frame(Opcode.PING, b"").serialize(mask=False)


def encode_frame(text: bytes) -> bytes:
    """A whole text message as one frame."""
    return Frame(Opcode.TEXT, text).serialize(mask=False)


class Wire:
    """Writes frames to one client. Any bytes the client sends, a pong too, are a sign of life."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: FrameSocket) -> None:
        self._protocol = protocol

    @property
    def is_writable(self) -> bool:
        """Whether what was written before has (nearly) left."""
        return self._protocol.writable.is_set()

    def take_sign(self) -> bool:
        """Whether the client was heard since this was last asked."""
        heard, self._protocol.was_heard = self._protocol.was_heard, False
        return heard

    def write(self, frames: bytes) -> None:
        """Send whole frames; nothing happens when the connection is going away."""
        if not self._protocol.transport.is_closing():
            self._protocol.transport.write(frames)

    def on_writable(self, callback: Callable[[], None] | None) -> None:
        """Call this each time that the client has caught up after ``is_writable`` was False."""
        self._protocol.when_writable = callback

    def abort(self) -> None:
        """Cut the connection, dropping what was not sent."""
        self._protocol.transport.abort()


class FrameSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, with its wire in the scope."""

    when_writable: Callable[[], None] | None = None
    was_heard = False

    def __init__(self, *args: Any, limits: Connections, **options: Any) -> None:
        super().__init__(*args, **options)
        self._limits = limits

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no longer."""
        self._limits.release(self.transport)
        super().connection_lost(exc)

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = Wire(self)

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.accept":
            # Both were for the handshake, and hold 3 kB a client. (The parser keeps the request itself.)
            self.request.headers.clear()
            del self.response

    def data_received(self, data: bytes) -> None:
        self.was_heard = True
        super().data_received(data)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.when_writable is not None:
            self.when_writable()
