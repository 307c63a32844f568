"""Sessions: prompts with commands behind them, and what they answered."""

from __future__ import annotations

import re

from gonogo.releases.reading.alternatives import Barrier
from gonogo.releases.reading.comments import read_comment
from gonogo.releases.reading.desk import Desk, Place, nest
from gonogo.releases.reading.judging import compile_output
from gonogo.releases.reading.marks import note_uncompiled
from gonogo.releases.reading.running import add_command
from gonogo.releases.reading.shell import LONGEST_LINE, split_shell
from gonogo.releases.rules import Human

_PROMPT = re.compile(
    r"^\s*(?:\([\w.-]+\)\s*)?(?:\[?[\w.-]{1,64}@[\w.-]{1,64}[:\s]?[\w~/.-]*\]?"
    r"|[\w.-]{1,64}:[~/][\w~/.-]*)?\s?(?:\$|%|❯|➜|»)\s+(?=\S)"
    r"|^\s*\[?[\w.-]{1,64}@[\w.-]{1,64}[:\s][\w~/.-]*\]?\s?#\s+(?=\S)"
)
_HOST = re.compile(r"^\s*(?:\([\w.-]+\)\s*)?\[?(?P<who>[\w.-]{1,64}@[\w.-]{1,64})")
_MORE = re.compile(r"^\s*>\s?")
_COMMENT = re.compile(r"^\s*#+\s*(?P<text>.*)$")


def is_session(rows: list[str]) -> bool:
    """Whether the first line that is no comment starts with a prompt."""
    first = next((row for row in rows if row.strip() and not row.lstrip().startswith("#")), "")
    return is_prompt(first)


def is_prompt(row: str) -> bool:
    """Whether a line starts with a prompt."""
    return _PROMPT.match(row[:LONGEST_LINE]) is not None


def read_session(desk: Desk, place: Place, rows: list[str], lines: list[int]) -> None:
    """Add the commands of a session, and what each answered as what it should answer again."""
    at = 0
    while at < len(rows):
        if not is_prompt(rows[at]):
            at = _add_aside(desk, place, rows, lines, at)
            continue
        host = _HOST.match(rows[at])
        start, words = at, [_PROMPT.sub("", rows[at], count=1)]
        while at + 1 < len(rows) and (words[-1].rstrip().endswith("\\") or _MORE.match(rows[at + 1])):
            at += 1
            words.append(_MORE.sub("", rows[at], count=1))
        output_start = at = at + 1
        while at < len(rows) and not is_prompt(rows[at]):
            at += 1
        output = rows[output_start:at]
        there = nest(place, barrier=place.barrier or _bar_host(host["who"])) if host else place
        _add_exchange(desk, there, "\n".join(words), output, (lines[start], lines[output_start - 1], lines[at - 1]))


def _bar_host(who: str) -> Barrier:
    return Barrier(f"its prompt names {who}: say whether it is typed there or here", "elsewhere")


def _add_aside(desk: Desk, place: Place, rows: list[str], lines: list[int], at: int) -> int:
    if rows[at].strip():
        desk.add("info", lines[at], lines[at], rows[at].strip().lstrip("# "), parent=place.parent)
    return at + 1


def _add_exchange(desk: Desk, place: Place, command: str, output: list[str], lines: tuple[int, int, int]) -> None:
    line, end_line, last_line = lines
    pieces = [piece for piece in split_shell(command) if piece.kind == "command"]
    words = pieces[0] if len(pieces) == 1 else None
    trailing = read_comment(words.trailing) if words and words.trailing else None
    draft = add_command(
        desk,
        nest(place, barrier=trailing.barrier) if trailing and trailing.barrier else place,
        words.text if words else command,
        line,
        end_line,
        words.trailing if words else "",
        words.node if words else None,
    )
    if not any(row.strip() for row in output):
        return
    first = next(at for at, row in enumerate(output) if row.strip())
    shown = [row for row in output if not _COMMENT.match(row)]
    _add_comments(desk, place, output, min(end_line + 1, last_line), last_line)
    if not any(row.strip() for row in shown):
        return
    text = "\n".join(shown).strip()
    check = desk.add(
        "check",
        min(end_line + 1 + first, last_line),
        last_line,
        text.split("\n")[0],
        judges=draft if draft.command else None,
        rule=compile_output(text, ""),
        parent=place.parent,
    )
    if isinstance(check.rule, Human):
        note_uncompiled(desk, check)


def _add_comments(desk: Desk, place: Place, output: list[str], line: int, last_line: int) -> None:
    """Comments between two prompts belong to the reader, not to the output."""
    for at, row in enumerate(output):
        comment = _COMMENT.match(row)
        if comment and comment["text"]:
            here = min(line + at, last_line)
            desk.add("info", here, here, comment["text"], parent=place.parent)
