"""The evidence itself, as much of it as a report holds: short output whole, long output by its head and its tail."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from gonogo.releases.journal import Entry
from gonogo.releases.record.files import LATER

HEAD_BYTES = 6_000
TAIL_BYTES = 6_000
MOST_BYTES = 4_000_000
"""Of all output in one report; what does not fit is named by its size and its hash."""

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")
_CONTROLS = {code: None for code in range(32) if chr(code) not in "\n\t"} | {127: None}
_STREAMS = ("stdout", "stderr", *LATER)


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """What one attempt wrote to one stream. ``left_out`` counts the bytes that the text does not show."""

    stream: str
    file: str
    size: int
    sha256: str
    text: str = ""
    left_out: int = 0
    is_missing: bool = False


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try of a command or an action, with what it left behind; ``behind`` tells of its background processes."""

    number: int
    at: str
    outcome: str
    exit_code: int | None
    duration_s: float | None
    outputs: tuple[Output, ...]
    behind: str = ""


class _Budget:
    def __init__(self, left: int) -> None:
        self.left = left


def read_attempts(folder: Path, entries: Sequence[Entry], most: int = MOST_BYTES) -> dict[str, tuple[Attempt, ...]]:
    """Every attempt of every item, in order. Where not all output fits, that of what failed comes first."""
    ended = [entry for entry in entries if entry.name == "item_finished" and entry.item and _kept(entry)]
    behind = {
        (entry.item, entry.data["attempt"]): entry
        for entry in entries
        if entry.name == "background_kept" and entry.item
    }
    budget = _Budget(most)
    by_weight = sorted((*ended, *behind.values()), key=lambda entry: entry.data.get("outcome") == "passed")
    outputs = {entry.seq: _read_outputs(folder, entry, budget) for entry in by_weight}
    found: dict[str, list[Attempt]] = defaultdict(list)
    for entry in ended:
        data = entry.data
        attempt = Attempt(
            number=data.get("attempt", 1),
            at=entry.at,
            outcome=data.get("outcome", ""),
            exit_code=data.get("exit_code"),
            duration_s=data.get("duration_s"),
            outputs=outputs[entry.seq] + _find_later(behind, outputs, entry),
            behind=_tell_behind(behind, entry),
        )
        found[entry.item or ""].append(attempt)
    return {item: tuple(attempts) for item, attempts in found.items()}


def _find_later(
    behind: Mapping[tuple[str, int], Entry], outputs: Mapping[int, tuple[Output, ...]], entry: Entry
) -> tuple[Output, ...]:
    later = behind.get((entry.item or "", entry.data.get("attempt", 1)))
    return outputs[later.seq] if later is not None else ()


def _tell_behind(behind: Mapping[tuple[str, int], Entry], entry: Entry) -> str:
    later = behind.get((entry.item or "", entry.data.get("attempt", 1)))
    return str(later.data.get("why", "")) if later is not None else ""


def _kept(entry: Entry) -> dict[str, Any]:
    kept: dict[str, Any] = entry.data.get("evidence") or {}
    return kept


def _read_outputs(folder: Path, entry: Entry, budget: _Budget) -> tuple[Output, ...]:
    kept = _kept(entry)
    named = [(stream, kept[stream]) for stream in _STREAMS if stream in kept]
    return tuple(_read_output(folder, stream, each, budget) for stream, each in named if each["size"])


def _read_output(folder: Path, stream: str, kept: dict[str, Any], budget: _Budget) -> Output:
    facts = {"stream": stream, "file": kept["file"], "size": kept["size"], "sha256": kept["sha256"]}
    size = kept["size"]
    path = folder / Path(kept["file"]).name
    if not path.is_file():
        return Output(**facts, is_missing=True)
    shown = min(size, HEAD_BYTES + TAIL_BYTES)
    if shown > budget.left:
        return Output(**facts, left_out=size)
    budget.left -= shown
    with path.open("rb") as file:
        if size <= shown:
            return Output(**facts, text=clean_text(file.read(shown)))
        head = clean_text(file.read(HEAD_BYTES))
        file.seek(size - TAIL_BYTES)
        tail = clean_text(file.read(TAIL_BYTES))
    cut = size - shown
    return Output(**facts, text=f"{head}\n… {cut:,} bytes left out …\n{tail}", left_out=cut)


def clean_text(data: bytes) -> str:
    """Output as a page can show it: no colours, no control signs, one kind of line end."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return strip_controls(text)


def strip_controls(text: str) -> str:
    """The text without colours and other signs that steer a terminal."""
    return _ESCAPES.sub("", text).translate(_CONTROLS)
