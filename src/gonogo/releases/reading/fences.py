"""Fences: which are scripts, which are sessions with prompts, which show expected output, which are a person's."""

from __future__ import annotations

import re

from gonogo.releases.reading.alternatives import Barrier
from gonogo.releases.reading.block import Block
from gonogo.releases.reading.commands import starts_command
from gonogo.releases.reading.desk import Desk, Place, nest
from gonogo.releases.reading.foreign import add_step, is_picture, join_rows, read_foreign
from gonogo.releases.reading.judging import compile_output
from gonogo.releases.reading.listings import announces_output, find_listing, shows_output
from gonogo.releases.reading.marks import note_uncompiled
from gonogo.releases.reading.natures import read_nature
from gonogo.releases.reading.script import Script
from gonogo.releases.reading.sessions import is_session, read_session
from gonogo.releases.reading.shell import LONGEST_LINE, split_shell
from gonogo.releases.reading.verbs import asks_for_action
from gonogo.releases.rules import Human

_SHELLS = frozenset({"bash", "sh", "shell", "zsh", "ksh", "bash/shell", "sh-script", ".bash", ".sh", ".shell", ".zsh"})
_SESSIONS = frozenset(
    {"console", "shell-session", "shellsession", "sh-session", "terminal", "bash-session", "command", "cmdline"}
)
_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "none", "output", "markdown", "md", "log"})
_MAYBE = frozenset({"", "text", "txt", "plain", "plaintext", "none", "code"})
_SHOWN = frozenset({"json", "json5", "jsonc", "yaml", "yml", "http", "log", "console", "output"}) | _MAYBE
_TITLE_LINES = 120
_OPTIONED = re.compile(r"^[a-z][\w.+-]*(?:\s+[\w./:@=-]+)*\s+--?[a-zA-Z][\w-]*")
_LIST_MARK = re.compile(r"^\s*(?:[-*•>]|\d{1,3}[.)]|\[[ xX]?\])\s*")


def read_fence(desk: Desk, block: Block, place: Place) -> None:
    """Add the items of one fence."""
    rows = block.text.rstrip("\n").split("\n") if block.text.strip() else []
    lines = [min(block.text_line + row, block.end_line) for row in range(len(rows))] or [block.line]
    session, start = is_session(rows), len(desk.drafts)
    desk.fence = f"line {block.line}"
    if desk.expecting is not None and block.lang in _SHOWN and not session:
        _attach_output(desk, block)
    elif not rows:
        _show(desk, block, place)
    elif block.lang in _SHELLS | _SESSIONS | _MAYBE and session:
        read_session(desk, place, rows, lines)
    elif block.lang in _SHELLS | _SESSIONS:
        _read_script(desk, block, place, rows, lines)
    elif block.lang in _MAYBE:
        _read_unnamed(desk, block, place, rows, lines)
    elif block.lang in _PLAIN or is_picture(block.lang):
        _show(desk, block, place)
    else:
        read_foreign(desk, block, place, _find_lead(desk, block))
    for draft in desk.drafts[start:]:
        if draft.command is not None:
            draft.fence = desk.fence
    desk.expecting = None


def is_plain(block: Block) -> bool:
    """Whether a fence holds plain text, where a box still is a box."""
    return block.lang in _PLAIN


def _read_script(desk: Desk, block: Block, place: Place, rows: list[str], lines: list[int]) -> None:
    lead = _find_lead(desk, block)
    listing = find_listing(rows, lead)
    if listing is None or desk.find_stay() is not None:
        seen = "the line above says that this is what will be seen"
        doubted = Barrier(seen, "text") if announces_output(lead) else None
        Script(desk, place, lines, doubted).read(block.text.rstrip("\n"))
        return
    if desk.rolls_back or not listing.certain:
        # The script of a rollback is the rollback: it may ask, and is never left out.
        doubted = None if desk.rolls_back and listing.bare else Barrier(listing.why, "text")
        Script(desk, place, lines, doubted).read(block.text.rstrip("\n"))
        return
    if listing.makes and not desk.informs:
        place = nest(
            place, parent=add_step(desk, place, (block.line, block.end_line), lead.strip(" *-#:") or "Create a file")
        )
    text = f"{block.lang}: {join_rows(rows)}"[:_TITLE_LINES]
    desk.add("info", block.line, block.end_line, text, runs="never", why=listing.why, doubt="text", parent=place.parent)


def _read_unnamed(desk: Desk, block: Block, place: Place, rows: list[str], lines: list[int]) -> None:
    """A fence without a language: certain when every line is plainly a command, a question when some are."""
    text = block.text.rstrip("\n")
    pieces = [piece for piece in split_shell(text) if piece.kind == "command"]
    natures = [read_nature(piece.text, piece.node) for piece in pieces]
    plain = [nature == "plain" and starts_command(piece.text) for nature, piece in zip(natures, pieces, strict=True)]
    optioned = [nature == "bare" and _has_option(piece.text) for nature, piece in zip(natures, pieces, strict=True)]
    if not any(plain) and not any(optioned):
        _show_words(desk, block, place, rows)
        return
    if find_listing(rows, _find_lead(desk, block)) is not None:
        _read_script(desk, block, place, rows, lines)
        return
    certain = all(plain) and block.lang == "" and not shows_output(_find_lead(desk, block))
    other = next((piece for piece, is_plain in zip(pieces, plain, strict=True) if not is_plain), None)
    why = "this fence names no language, so its lines may be output"
    if other is not None:
        why = f"this fence names no language, and line {lines[min(other.line, len(lines) - 1)]} may not be a command"
    Script(desk, place, lines, None if certain else Barrier(why, "text")).read(text)


def _has_option(text: str) -> bool:
    first = text.split("\n", 1)[0]
    return len(first) <= LONGEST_LINE and _OPTIONED.match(first) is not None


def _show_words(desk: Desk, block: Block, place: Place, rows: list[str]) -> None:
    """Words in a fence: steps of a person when they give orders, else there to be read."""
    bare = [_LIST_MARK.sub("", row[:LONGEST_LINE]) for row in rows if row.strip()]
    orders = [row for row in bare if row[:1].isupper() and asks_for_action(row)]
    boxed = any("[ ]" in row for row in rows)
    if orders and len(orders) * 2 >= len(bare) and not boxed and not shows_output(_find_lead(desk, block)):
        why = "this fence holds words, not commands: do what it says, then tick it"
        add_step(desk, place, (block.line, block.end_line), join_rows(rows), why, "text")
        return
    _show(desk, block, place)


def _find_lead(desk: Desk, block: Block) -> str:
    """The line of words right above a fence."""
    for at in range(block.line - 2, max(-1, block.line - 5), -1):
        row = desk.lines[at].strip() if 0 <= at < len(desk.lines) else ""
        if row:
            return "" if row.startswith(("```", "~~~")) else row[:400]
    return ""


def _show(desk: Desk, block: Block, place: Place) -> None:
    first = next((row.strip() for row in block.text.split("\n") if row.strip()), "")
    name = f"{block.lang}: " if block.lang and block.lang not in _PLAIN else ""
    text = f"{name}{first}"[:_TITLE_LINES] or "empty fence"
    why = "this is not shell: it is shown, never run" if block.lang not in _PLAIN else ""
    desk.add("info", block.line, block.end_line, text, parent=place.parent, why=why, fence=block.lang or None)


def _attach_output(desk: Desk, block: Block) -> None:
    check = desk.expecting
    assert check is not None
    check.rule = compile_output(block.text, check.text)
    check.end_line = max(check.end_line, block.end_line)
    if isinstance(check.rule, Human):
        note_uncompiled(desk, check)
