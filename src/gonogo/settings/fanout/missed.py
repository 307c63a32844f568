"""The last messages, for clients that were away: what they missed, whole and in order, or nothing at all."""

from __future__ import annotations

from collections import deque

MOST_MESSAGES = 4096
MOST_BYTES = 4_000_000


class Missed:
    """Messages by version, bounded in number and in bytes."""

    def __init__(self) -> None:
        self._kept: deque[tuple[int, bytes]] = deque()
        self._bytes = 0

    def add(self, version: int, frame: bytes) -> None:
        """Keep the message of a version, the next after the one kept before."""
        self._kept.append((version, frame))
        self._bytes += len(frame)
        while len(self._kept) > MOST_MESSAGES or self._bytes > MOST_BYTES:
            _, oldest = self._kept.popleft()
            self._bytes -= len(oldest)

    def clear(self) -> None:
        """Forget all, as when what clients know can't be mended by changes."""
        self._kept.clear()
        self._bytes = 0

    def find_since(self, version: int, newest: int) -> bytes | None:
        """The messages after ``version`` up to ``newest``; None when they are not all here."""
        if version == newest:
            return b""
        if not self._kept or not self._kept[0][0] <= version + 1 <= newest:
            return None
        return b"".join(frame for kept, frame in self._kept if kept > version)
