"""Shell text to commands: one piece a command however many lines it takes, comments beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import msgspec
import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from gonogo.releases.reading.bare import split_bare
from gonogo.releases.reading.lines import join_lines

_PARSER = Parser(Language(tree_sitter_bash.language()))
# An angle-bracket placeholder reads as two redirections; a word of the same length keeps every position.
_ANGLE = re.compile(r"(?<![<\d&])<(?=[A-Za-z_])([^<>\n|;&$`]*[^<>\n|;&$`\s])>(?!\()")
# The grammar's recovery from nonsense takes time with the square of a line's length.
LONGEST_LINE = 4000
_COMMENT = re.compile(r"^\s*#+\s?(.*)$")


class Piece(msgspec.Struct, eq=False):
    """A command or a comment; lines count from 0 within the text. ``trailing`` is a comment on the last line."""

    kind: Literal["command", "comment"]
    text: str
    line: int
    end_line: int
    node: Node | None = None
    trailing: str = ""


def split_shell(text: str) -> list[Piece]:
    """The commands and comments of a script, in order. Text that does not parse is split line by line."""
    if (pieces := _split_rows(text)) is not None:
        return pieces
    safe = _ANGLE.sub(lambda match: "_" + match[1].replace(" ", "_") + "_", text) if "<" in text else text
    if max(map(len, safe.split("\n"))) > LONGEST_LINE:
        return list(_split_broken(text, safe))
    root = parse_shell(safe)
    if root.has_error:
        return list(_split_broken(text, safe))
    return list(_split_tree(root, text, 0))


def _split_rows(text: str) -> list[Piece] | None:
    """The pieces of a script whose every row is a comment, or a command of mere words; None of any other."""
    pieces = []
    for at, row in enumerate(text.split("\n")):
        shown = row.strip(" \t")
        if len(row) > LONGEST_LINE:
            return None
        if shown.startswith("#"):
            pieces.append(Piece("comment", shown.lstrip("#").strip(), at, at))
        elif shown:
            command, _, comment = shown.partition(" #")
            command = command.rstrip()
            if split_bare(command) is None:
                return None
            pieces.append(Piece("command", command, at, at, None, comment.lstrip("#").strip()))
    return pieces


@lru_cache(maxsize=16)
def parse_shell(text: str) -> Node:
    """The syntax tree of ``text``."""
    return _PARSER.parse(text.encode()).root_node


def _split_tree(root: Node, text: str, offset: int) -> Iterator[Piece]:
    lines = text.split("\n")
    group: list[Node] = []
    for node in root.children:
        if group and node.start_point.row > _last_row(group[-1]):
            yield from _make_pieces(group, lines, offset)
            group = []
        group.append(node)
    if group:
        yield from _make_pieces(group, lines, offset)


def _make_pieces(group: list[Node], lines: list[str], offset: int) -> Iterator[Piece]:
    trailing = ""
    if group[-1].type == "comment":
        comment = group.pop()
        words = _row_text(lines, comment.start_point.row)[comment.start_point.column :].decode(errors="replace")
        if not group:
            yield Piece("comment", words.lstrip("#").strip(), *_rows(comment.start_point.row, None, offset))
            return
        trailing = words.lstrip("#").strip()
    first, last = group[0].start_point.row, _last_row(group[-1])
    while first and lines[first - 1].strip() == "\\":
        first -= 1
    text = _cut_text(lines, group[0], group[-1])
    if not text:
        return
    node = group[0] if len(group) == 1 or (group[1].type in ("&", ";") and len(group) == 2) else None
    early = _assignment_row(node) if node is not None else None
    if early is not None and not lines[early].rstrip().endswith("\\"):
        # The grammar hangs an assignment on the command of the next line; a line end parts them.
        body = text.split("\n")
        cut = early - first + 1
        yield Piece("command", "\n".join(body[:cut]).strip(), first + offset, early + offset)
        yield Piece("command", "\n".join(body[cut:]).strip(), early + 1 + offset, last + offset, trailing=trailing)
        return
    yield Piece("command", text, first + offset, last + offset, node, trailing)


def _assignment_row(node: Node) -> int | None:
    if node.type != "command" or node.child_count < 2 or node.children[0].type != "variable_assignment":
        return None
    name = node.child_by_field_name("name")
    before = name.prev_sibling if name is not None else None
    return (
        _last_row(before)
        if name is not None and before is not None and name.start_point.row > _last_row(before)
        else None
    )


def _rows(first: int, last: int | None, offset: int) -> tuple[int, int]:
    return first + offset, (first if last is None else last) + offset


def _last_row(node: Node) -> int:
    end = node.end_point
    return end.row - 1 if end.column == 0 and end.row > node.start_point.row else end.row


def _row_text(lines: list[str], row: int) -> bytes:
    return lines[row].encode()


def _cut_text(lines: list[str], first: Node, last: Node) -> str:
    rows = lines[first.start_point.row : _last_row(last) + 1]
    end = last.end_point.column
    if end and last.end_point.row == _last_row(last):
        rows[-1] = rows[-1].encode()[:end].decode(errors="replace")
    rows[0] = rows[0].encode()[first.start_point.column :].decode(errors="replace")
    return "\n".join(rows).rstrip()


def _split_broken(text: str, safe: str) -> Iterator[Piece]:
    lines, wary = text.split("\n"), safe.split("\n")
    for first, last in join_lines(lines):
        whole, part = "\n".join(lines[first : last + 1]), "\n".join(wary[first : last + 1])
        comment = _COMMENT.match(whole)
        root = parse_shell(part) if len(part) <= LONGEST_LINE and not comment else None
        if comment:
            yield Piece("comment", comment[1].strip(), first, last)
        elif root is None or root.has_error:
            yield Piece("command", whole.strip(), first, last)
        else:
            yield from _split_tree(root, whole, first)
