"""One output stream of one command as evidence: masked, its head and its tail kept, and the cut between them named."""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path

from gonogo.kernel.secrets.masking import WINDOW, Masker
from gonogo.releases.shell.stream import MaskedStream

# Together with one piece of at most 1 MB they stay below 16 MB.
HEAD = (7 << 20) - 4 * WINDOW
TAIL = 8 << 20
_CUT = "bytes were cut out here]"
_PRIVATE = 0o600
_KEY_ENDS = b"PRIVATE KEY"


class CappedOutput:
    """Writes the head to its file as it comes, keeps the last of the rest in memory, and adds that at the end."""

    def __init__(self, path: Path, masker: Masker) -> None:
        self._path, self._masker = path, masker
        self._stream = MaskedStream(masker)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, _PRIVATE)
        self._head: list[bytes] = []
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._is_full = False
        self.total = 0
        self.size = 0
        self.failure = ""
        """What kept a part of the output from being written, such as a full disk."""

    def feed(self, chunk: bytes) -> None:
        """Take what the command has written."""
        self.total += len(chunk)
        if self._is_full:
            self._add_tail(chunk)
            return
        self._head.append(chunk)
        self._write(self._stream.feed(chunk))
        if self._stream.passed >= HEAD:
            self._is_full = True
            self._add_tail(self._stream.take_held())

    def finish(self, masker: Masker) -> None:
        """Write the rest. ``masker`` may know secrets that the command itself made."""
        if masker is not self._masker:
            self._write_head_again(masker)
        elif not self._is_full:
            self._write(self._stream.finish())
        if self._is_full:
            self._write_tail(masker)
        os.close(self._file)
        self._head.clear()
        self._tail.clear()

    def _add_tail(self, chunk: bytes) -> None:
        self._tail.append(chunk)
        self._tail_size += len(chunk)
        # One window more than is shown: a secret whose beginning is cut off must not stand at the seam.
        while self._tail_size - len(self._tail[0]) >= TAIL + WINDOW:
            self._tail_size -= len(self._tail.popleft())

    def _write_head_again(self, masker: Masker) -> None:
        data = b"".join(self._head)[: self._stream.passed if self._is_full else None]
        os.ftruncate(self._file, 0)
        self.size = 0
        self._write(masker.mask(data))

    def _write_tail(self, masker: Masker) -> None:
        data = b"".join(self._tail)
        seam = self.total - len(data) - self._stream.passed
        if seam == 0 and len(data) <= TAIL:
            self._write(masker.mask(data))
            return
        shown = _find_shown(masker, data)
        cut = self.total - self._stream.passed - (len(data) - shown)
        note = f"\n[gonogo: {cut:,} of {self.total:,} {_CUT}\n"
        self._write(note.encode() + _mask_from(masker, data, shown))

    def _write(self, data: bytes) -> None:
        if not data or self.failure:
            return
        try:
            os.write(self._file, data)
        except OSError as error:
            self.failure = f"Its output could not be written: {error.strerror}"
        else:
            self.size += len(data)


def is_cut(kept: str) -> bool:
    """Whether the middle of what was kept of a stream is missing."""
    return len(kept) >= TAIL // 4 and _CUT in kept


def _find_shown(masker: Masker, data: bytes) -> int:
    start = max(len(data) - TAIL, min(WINDOW, len(data)))
    line = data.find(b"\n", start, start + WINDOW) + 1
    start = line or start
    for span in masker.find_spans(data[max(0, start - WINDOW) : start + WINDOW]):
        begins, ends = span.context + max(0, start - WINDOW), span.end + max(0, start - WINDOW)
        if begins < start < ends:
            return ends
    return start


def _mask_from(masker: Masker, data: bytes, start: int) -> bytes:
    masked = masker.mask(data[start:])
    # The end of a private key whose beginning is cut off: nothing before it is safe to show.
    end, begin = masked.find(b"-----END "), masked.find(b"-----BEGIN ")
    if 0 <= end <= WINDOW and _KEY_ENDS in masked[end : end + 80] and not 0 <= begin < end:
        return b"***" + masked[end:]
    return masked
