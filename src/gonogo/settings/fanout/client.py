"""One client of the socket: what it was told, and what waits because it is slow."""

from __future__ import annotations

from collections.abc import Iterable

from gonogo.kernel.http.frames import Wire
from gonogo.settings.fanout.messages import Told, write_changes

PENDING_MOST = 1000


class Client:
    """While the wire is full, changes wait here, the newest of each key; too many, and a snapshot replaces them."""

    __slots__ = ("beat_due", "environment", "heard_at", "needs_snapshot", "pending", "version", "wire")

    def __init__(self, wire: Wire, environment: str, now: float) -> None:
        self.wire = wire
        self.environment = environment
        self.heard_at = now
        self.beat_due = now
        self.version = 0
        self.pending: dict[str, Told] = {}
        self.needs_snapshot = False

    @property
    def is_ready(self) -> bool:
        """Whether the next message can go straight to the wire."""
        return self.wire.is_writable and not self.pending and not self.needs_snapshot

    def send(self, version: int, frame: bytes) -> None:
        """Write the message that brings the client to ``version``."""
        self.wire.write(frame)
        self.version = version

    def hold(self, changes: Iterable[Told]) -> None:
        """Keep changes until the wire has room again."""
        if self.needs_snapshot:
            return
        for told in changes:
            self.pending[told.key] = told
        if len(self.pending) > PENDING_MOST:
            self.ask_snapshot()

    def ask_snapshot(self) -> None:
        """Let a snapshot replace whatever waits."""
        self.pending.clear()
        self.needs_snapshot = True

    def flush(self, version: int) -> None:
        """Send what waits, as one message."""
        waiting, self.pending = self.pending, {}
        self.send(version, write_changes(version, waiting.values()))
