"""The rows of a table that a program printed, apart from its header and its rules."""

from __future__ import annotations

import re

import msgspec

_RULE = re.compile(r"[-+|=_ ]{2,}\Z")
_HEADER = re.compile(r"[A-Z][A-Z0-9 _()%./-]{3,}\Z")
_COMPOSE = re.compile(r"\s*Name\s+Command\s+State\b")
_KNOWN = re.compile(r"(?:NAME|NAMESPACE|CONTAINER ID|SERVICE|PID|UNIT|REVISION|ID)\b")
_FOOTER = re.compile(r"\(\d{1,12} rows?\)\s*\Z|total \d+\Z", re.IGNORECASE)
_MOST_ROWS = 2000


class Table(msgspec.Struct, frozen=True):
    """``header`` says whether the output began with one, so that every row is known to be one of the things asked."""

    header: bool
    rows: tuple[str, ...]


def list_rows(output: str) -> Table:
    """The rows of an output, 2,000 at most."""
    lines = [line for line in output.split("\n", _MOST_ROWS)[:_MOST_ROWS] if line.strip()]
    lines = [line for line in lines if not _RULE.match(line.strip()) and not _FOOTER.match(line.strip())]
    header = bool(lines) and is_header(lines[0])
    return Table(header, tuple(lines[1:] if header else lines))


def is_header(line: str) -> bool:
    """Whether a line names columns, as kubectl, docker and compose print them."""
    shown = line[:400].strip()
    return bool(_COMPOSE.match(line[:400]) or (_HEADER.match(shown) and (_KNOWN.match(shown) or "  " in shown)))
