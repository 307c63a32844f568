"""The state of a shell elsewhere, sent behind its output: nothing of it has to be left on that host."""

from __future__ import annotations

MOST = 32 << 20


class Trailer:
    """Splits standard output at the marker. Behind it come named parts, each begun by the marker and a name."""

    def __init__(self, marker: str) -> None:
        self._marker = marker.encode()
        self._held = b""
        self._behind: bytearray | None = None
        self.parts: dict[str, bytes] = {}

    @property
    def is_complete(self) -> bool:
        """Whether all of it has come."""
        return "end" in self.parts

    def feed(self, data: bytes) -> bytes:
        """Take what has come; gives what of it is output."""
        if self.is_complete:
            return data
        if self._behind is not None:
            return self._add(data)
        text = self._held + data
        found = text.find(self._marker)
        if found < 0:
            keep = _count_begun(text, self._marker)
            self._held = text[len(text) - keep :]
            return text[: len(text) - keep]
        self._held, self._behind = b"", bytearray()
        return text[:found] + self._add(text[found:])

    def take_held(self) -> bytes:
        """What could have been the beginning of the marker, and was not."""
        held, self._held = self._held, b""
        return held

    def _add(self, data: bytes) -> bytes:
        assert self._behind is not None
        if len(self._behind) < MOST:
            self._behind += data
        end = self._marker + b"end\n"
        at = self._behind.find(end, max(0, len(self._behind) - len(data) - len(end)))
        if at < 0:
            return b""
        after = bytes(self._behind[at + len(end) :])
        for part in bytes(self._behind[:at]).split(self._marker)[1:]:
            name, _, content = part.partition(b"\n")
            self.parts[name.decode("ascii", "replace")] = content
        self.parts["end"] = b""
        self._behind.clear()
        return after


def _count_begun(text: bytes, marker: bytes) -> int:
    for length in range(min(len(marker) - 1, len(text)), 0, -1):
        if text.endswith(marker[:length]):
            return length
    return 0
