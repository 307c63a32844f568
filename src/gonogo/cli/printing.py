"""What a command prints, as it prints it: new pieces of its output, cut into whole lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.text import Text

from gonogo.client.gonogo import Gonogo

STREAMS = ("stdout", "stderr")
# Colours and cursor movements of the command would wreck our own lines; the evidence keeps them.
CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f]")


class OutputReader:
    """Reads one attempt of one command to its end."""

    def __init__(self, gonogo: Gonogo, run: str, item: str, attempt: int) -> None:
        self.item = item
        self._gonogo = gonogo
        self._run = run
        self._attempt = attempt
        self._offsets = dict.fromkeys(STREAMS, 0)
        self._rests = dict.fromkeys(STREAMS, "")

    def read_new(self) -> Iterator[Text]:
        """The whole lines that have come since the last look."""
        for stream in STREAMS:
            yield from self._read_stream(stream)

    def read_rest(self) -> Iterator[Text]:
        """The last lines, once the command has ended; a line without its end counts too."""
        yield from self.read_new()
        for stream in STREAMS:
            if self._rests[stream]:
                yield draw_output(self._rests[stream], stream)
                self._rests[stream] = ""

    def _read_stream(self, stream: str) -> Iterator[Text]:
        while True:
            offset = self._offsets[stream]
            piece = self._gonogo.releases.output(self._run, self.item, stream, offset, self._attempt)
            self._offsets[stream] = piece["next_offset"]
            *lines, self._rests[stream] = (self._rests[stream] + piece["text"]).split("\n")
            yield from (draw_output(line, stream) for line in lines)
            if piece["next_offset"] == offset or piece["next_offset"] >= piece["size"]:
                return


def draw_output(line: str, stream: str) -> Text:
    """One line of output; of what a progress bar overwrote, only the last state."""
    text = CONTROL.sub("", line.rstrip("\r").rpartition("\r")[2])
    return Text.assemble("    ", ("│ ", "dim red" if stream == "stderr" else "dim"), text)
