"""Fences: which are scripts, which are sessions with prompts, which show expected output, which are only shown."""

from __future__ import annotations

import re

from gonogo.releases.reading.commands import looks_like_command, starts_command
from gonogo.releases.reading.desk import Desk, Place
from gonogo.releases.reading.document import Block
from gonogo.releases.reading.judging import compile_output
from gonogo.releases.reading.marks import note_uncompiled
from gonogo.releases.reading.running import add_command
from gonogo.releases.reading.script import Script
from gonogo.releases.reading.shell import split_shell
from gonogo.releases.rules import Human

_SHELLS = frozenset({"bash", "sh", "shell", "zsh", "ksh", "bash/shell", "sh-script"})
_SESSIONS = frozenset(
    {"console", "shell-session", "shellsession", "sh-session", "terminal", "bash-session", "command", "cmdline"}
)
_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "none", "output", "markdown", "md", "log"})
_SHOWN = frozenset(
    {
        "json",
        "json5",
        "jsonc",
        "yaml",
        "yml",
        "text",
        "txt",
        "plain",
        "plaintext",
        "none",
        "output",
        "",
        "http",
        "log",
        "console",
    }
)
_PROMPT = re.compile(r"^\s*(?:\([\w.-]+\)\s*)?(?:[\w.-]+@[\w.-]+[:\s]?[\w~/.-]*)?(?:\$|%|❯|➜|»)\s+(?=\S)")
_MORE = re.compile(r"^\s*>\s?")
_TITLE_LINES = 120


def read_fence(desk: Desk, block: Block, place: Place) -> None:
    """Add the items of one fence."""
    rows = block.text.rstrip("\n").split("\n") if block.text.strip() else []
    lines = [min(block.text_line + row, block.end_line) for row in range(len(rows))] or [block.line]
    if desk.expecting is not None and block.lang in _SHOWN and not _is_session(rows):
        _attach_output(desk, block)
    elif not rows:
        _show(desk, block, place)
    elif block.lang in _SHELLS | _SESSIONS | {""} and _is_session(rows):
        _read_session(desk, place, rows, lines)
    elif (
        block.lang in _SHELLS
        or (block.lang in _SESSIONS and not _is_session(rows))
        or (block.lang == "" and _is_script(block.text))
    ):
        Script(desk, place, lines).read(block.text.rstrip("\n"))
    else:
        _show(desk, block, place)
    desk.expecting = None


def is_plain(block: Block) -> bool:
    """Whether a fence holds plain text, where a box still is a box."""
    return block.lang in _PLAIN


def _is_session(rows: list[str]) -> bool:
    first = next((row for row in rows if row.strip() and not row.lstrip().startswith("#")), "")
    return _PROMPT.match(first) is not None


def _is_script(text: str) -> bool:
    pieces = [piece for piece in split_shell(text.rstrip("\n")) if piece.kind == "command"]
    return bool(pieces) and all(looks_like_command(piece.text) and starts_command(piece.text) for piece in pieces)


def _show(desk: Desk, block: Block, place: Place) -> None:
    first = next((row.strip() for row in block.text.split("\n") if row.strip()), "")
    name = f"{block.lang}: " if block.lang and block.lang not in _PLAIN else ""
    text = f"{name}{first}"[:_TITLE_LINES] or "empty fence"
    why = "this is not shell: it is shown, never run" if block.lang not in _PLAIN else ""
    draft = desk.add("info", block.line, block.end_line, text, parent=place.parent, why=why, fence=block.lang or None)
    if desk.rolls_back:
        draft.kind = "info"


def _attach_output(desk: Desk, block: Block) -> None:
    check = desk.expecting
    assert check is not None
    check.rule = compile_output(block.text, check.text)
    check.end_line = max(check.end_line, block.end_line)
    if isinstance(check.rule, Human):
        note_uncompiled(desk, check)


def _read_session(desk: Desk, place: Place, rows: list[str], lines: list[int]) -> None:
    at = 0
    while at < len(rows):
        if not _PROMPT.match(rows[at]):
            at = _add_aside(desk, place, rows, lines, at)
            continue
        start, words = at, [_PROMPT.sub("", rows[at], count=1)]
        while at + 1 < len(rows) and (words[-1].rstrip().endswith("\\") or _MORE.match(rows[at + 1])):
            at += 1
            words.append(_MORE.sub("", rows[at], count=1))
        output_start = at = at + 1
        while at < len(rows) and not _PROMPT.match(rows[at]):
            at += 1
        _add_exchange(
            desk, place, "\n".join(words), rows[output_start:at], (lines[start], lines[output_start - 1], lines[at - 1])
        )


def _add_aside(desk: Desk, place: Place, rows: list[str], lines: list[int], at: int) -> int:
    if rows[at].strip():
        desk.add("info", lines[at], lines[at], rows[at].strip().lstrip("# "), parent=place.parent)
    return at + 1


def _add_exchange(desk: Desk, place: Place, command: str, output: list[str], lines: tuple[int, int, int]) -> None:
    line, end_line, last_line = lines
    pieces = [piece for piece in split_shell(command) if piece.kind == "command"]
    words = pieces[0] if len(pieces) == 1 else None
    draft = add_command(
        desk,
        place,
        words.text if words else command,
        line,
        end_line,
        words.trailing if words else "",
        words.node if words else None,
    )
    shown = "\n".join(output).strip()
    if not shown:
        return
    first = next(at for at, row in enumerate(output) if row.strip())
    check = desk.add(
        "check",
        min(end_line + 1 + first, last_line),
        last_line,
        shown.split("\n")[0],
        judges=draft,
        rule=compile_output(shown, ""),
        parent=place.parent,
    )
    if isinstance(check.rule, Human):
        note_uncompiled(desk, check)
