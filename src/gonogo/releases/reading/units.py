"""A paragraph's lines, parted where a new thought starts: numbered lines, labels, boxes, bullets, blanks."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from gonogo.releases.reading.decode import repair_text
from gonogo.releases.reading.gates import is_threshold

_START = re.compile(
    r"^\s*(?:[-*+•▪‣–—]?\s*\[[ xX]?\](?!\()|\d{1,4}[.)]\s|#\.\s|\*\*[^*]+\*\*|__[^_]+__|[-*+•▪‣]\s+\S"
    r"|[✅✓✔☑☐☒❌✗✘⬜🔲🔳🟩⚠]|:[a-z_]+:\s|\||>\s|_{5,}\s*$)"
)
_TURN = re.compile(r"^\W*(?:or|alternatively|otherwise)\W*$", re.IGNORECASE)
_BOX = re.compile(r"^\s*(?:[-*+•▪‣]|\d{1,9}[.)])?\s*\[(?P<mark>[ xX]?)\](?![(\[])\s*(?P<text>.*)$", re.DOTALL)
_TICK = re.compile(r"^\s*(?:[-*+•▪‣]\s*)?(?P<mark>[✅✓✔☑☐☒❌✗✘⬜🔲🔳🟩])[\ufe0e\ufe0f]?\s*(?P<text>\S.*)$", re.DOTALL)
_NUMBER = re.compile(r"^\s*(?P<number>\d{1,4}[.)]|#\.)\s+(?P<text>.*)$", re.DOTALL)
_BULLET = re.compile(r"^\s*[-*+•▪‣]\s+(?P<text>\S.*)$", re.DOTALL)


class Unit(NamedTuple):
    """Lines that say one thing. ``mark`` is what they open with (box, tick, number, bullet); ``whole`` still has it."""

    line: int
    end_line: int
    text: str
    mark: str = ""
    ticked: bool = False
    whole: str = ""


def split_units(text: str, line: int, last_line: int) -> list[Unit]:
    """The units of a paragraph that starts at ``line`` and ends at ``last_line``."""
    if "\n" not in text:
        return [_read_unit(text, line, last_line)]
    rows = text.split("\n")
    units: list[list[str]] = []
    starts: list[int] = []
    for at, row in enumerate(rows):
        before = rows[at - 1] if at else ""
        if not units or _starts_unit(row, before):
            units.append([])
            # A line that mending put in has no number of its own.
            starts.append(min(line + at, last_line))
        units[-1].append(row)
    ends = [max(first, second - 1) for first, second in pairwise(starts)] + [max(last_line, starts[-1])]
    return [_read_unit("\n".join(body), start, end) for body, start, end in zip(units, starts, ends, strict=True)]


def _starts_unit(row: str, before: str) -> bool:
    if before.endswith(("  ", "\\")) or _TURN.match(row):
        return True
    if "___" in row:
        return True
    shown = repair_text(row)
    return _START.match(shown) is not None or (any(char.isdigit() for char in row) and is_threshold(shown))


def _read_unit(body: str, line: int, end_line: int) -> Unit:
    shown = repair_text(body)
    if "[" in shown and (box := _BOX.match(shown)):
        return Unit(line, end_line, box["text"], "box", box["mark"].lower() == "x", body)
    if not shown.isascii() and (tick := _TICK.match(shown)):
        return Unit(line, end_line, tick["text"], "tick", whole=body)
    if number := _NUMBER.match(shown):
        return Unit(line, end_line, number["text"], "number", whole=body)
    if bullet := _BULLET.match(shown):
        return Unit(line, end_line, bullet["text"], "bullet", whole=body)
    return Unit(line, end_line, body, whole=body)
