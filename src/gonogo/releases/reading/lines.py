"""Which lines of a script belong together when its syntax tree is of no help."""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPENS = re.compile(r"(?:^|[;&|]\s*|\s)(?:then|do|case\b.*\bin|\{)\s*(?:#.*)?$")
_CLOSES = re.compile(r"(?:^|[;\s])(?:fi|done|esac|\})\s*(?:$|[;&|<>#)])")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_JOINED = re.compile(r"(?:\\|\|\|?|&&)\s*$")
# A quote or a block that never ends must not swallow every command after it.
_LONGEST = 400


def join_lines(lines: list[str]) -> Iterator[tuple[int, int]]:
    """First and last line of each command or comment, by continuation marks, quotes, blocks and here-documents."""
    at = 0
    while at < len(lines):
        bare = lines[at].strip()
        end = _find_end(lines, at) if bare and not bare.startswith("#") else at
        if bare:
            yield at, end
        at = end + 1


def _find_end(lines: list[str], start: int) -> int:
    depth, at, quote = 0, start, ""
    limit = min(len(lines), start + _LONGEST)
    while at < limit:
        line = lines[at]
        heredoc = _HEREDOC.search(line) if not quote else None
        if heredoc:
            end = next((row for row in range(at + 1, limit) if lines[row].strip() == heredoc[2]), None)
            if end is not None:
                return end
        quote = _scan_quotes(line, quote)
        if not quote:
            depth += len(_OPENS.findall(line)) - len(_CLOSES.findall(line))
        if not quote and depth <= 0 and not _JOINED.search(line):
            return at
        at += 1
    return start


def _scan_quotes(line: str, quote: str) -> str:
    skip = False
    for char in line:
        if skip:
            skip = False
        elif char == "\\" and quote != "'":
            skip = True
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "#" and not quote and line.lstrip().startswith("#"):
            break
    return quote
