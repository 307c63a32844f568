"""Masking a stream piece by piece: what is let go of can't be changed by what comes later."""

from __future__ import annotations

from collections.abc import Iterator

from gonogo.kernel.secrets.masking import WINDOW, Masker, Span, hide


class MaskedStream:
    """Takes data as it comes and gives it back masked. It holds back at most a few windows."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self._held = bytearray()
        self.passed = 0
        """How many bytes of what was taken have been given back."""

    def feed(self, chunk: bytes) -> bytes:
        """What can be given back now, masked."""
        self._held += chunk
        if len(self._held) <= 2 * WINDOW and b"\n" not in chunk and b"\r" not in chunk:
            return b""
        return b"".join(self._release())

    def finish(self) -> bytes:
        """The rest, masked."""
        data = self.take_held()
        self.passed += len(data)
        return self._masker.mask(data)

    def take_held(self) -> bytes:
        """What has not been given back, as it came."""
        data = bytes(self._held)
        self._held.clear()
        return data

    def _release(self) -> Iterator[bytes]:
        while True:
            data = bytes(self._held)
            cut, spans = self._find_cut(data)
            if cut == 0:
                return
            yield hide(data[:cut], [span for span in spans if span.start < cut])
            self.passed += cut
            del self._held[:cut]

    def _find_cut(self, data: bytes) -> tuple[int, list[Span]]:
        line = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        cut = self._masker.find_cut(data, line) if line else 0
        if cut:
            return cut, self._masker.find_spans(data[:cut])
        if len(data) <= 2 * WINDOW:
            return 0, []
        # One long line: every secret that begins before the last window is in sight from end to end.
        spans = self._masker.find_spans(data)
        cut = len(data) - WINDOW
        for span in spans:
            if span.context < cut < span.end:
                cut = span.context
        return cut, spans
