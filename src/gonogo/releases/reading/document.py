"""Markdown to a tree of blocks, each with its source lines. Nothing of the text is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it.token import Token

from gonogo.releases.reading.block import Block
from gonogo.releases.reading.decode import Text
from gonogo.releases.reading.html_blocks import expand_html
from gonogo.releases.reading.markdown import parse_markdown
from gonogo.releases.reading.mend import Mended, mend_lines

_OPENERS = {"list_item_open": "step", "blockquote_open": "quote"}
_LABELLED = re.compile(r"^[A-Z][\w ]{1,30}:\s+\S")
_LANGUAGE_END = re.compile(r"[\s{,:]")
_BARE_PIPE = re.compile(r"(?<!\\)\|")
_LEAVES = {"fence": "fence", "code_block": "fence", "html_block": "html", "hr": "rule", "front_matter": "meta"}


@dataclass(slots=True)
class Document:
    """The blocks at the top level, in order, and the lines of fences and comments that were never closed."""

    blocks: list[Block]
    unclosed: list[int]
    comments: list[int]


def parse_document(text: Text) -> Document:
    """Read the lines of a checklist as Markdown blocks."""
    mended = mend_lines(text.lines)
    builder = _Builder(mended)
    for token in parse_markdown("\n".join(mended.lines) + "\n"):
        if (reader := _READERS.get(token.type)) is not None:
            reader(builder, token)
    return Document(_expand(builder.root.children), mended.unclosed, mended.comments)


def _expand(blocks: list[Block]) -> list[Block]:
    """The same blocks, with those that HTML stands for in its place."""
    found: list[Block] = []
    for block in blocks:
        if block.children:
            block.children = _expand(block.children)
        found.extend(expand_html(block) if block.kind == "html" else [block])
    return found


def _is_body(text: str, underline: str) -> bool:
    if "\n" in text:
        return True
    return underline == "-" and (text.startswith(("[ ]", "[x]", "**")) or _LABELLED.match(text) is not None)


class _Builder:
    def __init__(self, mended: Mended) -> None:
        self.mended = mended
        self.root = Block("quote", 1, 1)
        self.stack = [self.root]
        self.columns: tuple[str, ...] | None = None
        self.underline = ""

    def lines_of(self, token: Token) -> tuple[int, int]:
        start, end = token.map or [0, 1]
        lines, origin = self.mended.lines, self.mended.origin
        end = min(end, len(lines))
        while end > start + 1 and not lines[end - 1].strip():
            end -= 1
        first = origin[start] if start < len(origin) else 1
        return first, max(first, origin[end - 1]) if end else first

    def add(self, block: Block) -> None:
        self.stack[-1].children.append(block)

    def open(self, token: Token) -> None:
        block = Block(_OPENERS[token.type], *self.lines_of(token))  # type: ignore[arg-type]
        if token.type == "list_item_open" and token.markup in (".", ")"):
            block.number = int(token.info) if token.info.isdigit() else 1
        block.text_line = block.text_end = block.line
        self.add(block)
        self.stack.append(block)

    def close(self, _token: Token) -> None:
        self.stack.pop()

    def take_heading(self, token: Token) -> None:
        self.underline = token.markup if token.markup in ("-", "=") else ""
        self.add(Block("heading", *self.lines_of(token), depth=int(token.tag[1:])))

    def take_paragraph(self, token: Token) -> None:
        self.add(Block("paragraph", *self.lines_of(token)))

    def take_leaf(self, token: Token) -> None:
        block = Block(_LEAVES[token.type], *self.lines_of(token), text=token.content)  # type: ignore[arg-type]
        if token.type == "hr":
            block.text = token.markup
        if token.type == "fence":
            block.lang = _LANGUAGE_END.split(token.info.strip(), maxsplit=1)[0].lower()
            block.text_line = block.line + 1
        elif token.type == "code_block":
            block.text_line, block.text = block.line, self._drop_inserted(token)
        self.add(block)

    def _drop_inserted(self, token: Token) -> str:
        """Indented code without the empty lines that mending put into it: its lines count on as in the source."""
        start, origin = (token.map or [0])[0], self.mended.origin
        lines = token.content.split("\n")
        inserted = {
            at - start
            for at in range(start, start + len(lines) - 1)
            if at + 1 < len(origin) and origin[at] == origin[at + 1]
        }
        return "\n".join(line for at, line in enumerate(lines) if line or at not in inserted)

    def take_inline(self, token: Token) -> None:
        holder = self.stack[-1]
        block = holder.children[-1] if holder.children else None
        if block is None or block.kind not in ("paragraph", "heading"):
            return
        block.text = token.content
        if block.kind == "heading" and self.underline and _is_body(token.content, self.underline):
            # Metadata right above a rule reads as an underlined heading; nobody meant it as one.
            block.kind = "paragraph"
        first = len(holder.children) == 1 and not holder.text and block.line == holder.line
        if holder.kind == "step" and first and block.kind == "paragraph":
            holder.children.pop()
            holder.text, holder.text_line, holder.text_end = block.text, block.line, block.end_line

    def take_table(self, _token: Token) -> None:
        self.columns = None

    def take_row(self, token: Token) -> None:
        line, end = self.lines_of(token)
        start = (token.map or [0])[0]
        cells = split_cells(self.mended.lines[start])
        if self.columns is None:
            self.columns = cells
            self.add(Block("row", line, end, cells=cells))
        else:
            self.add(Block("row", line, end, cells=cells, columns=self.columns))


_READERS = {
    **dict.fromkeys(_OPENERS, _Builder.open),
    "list_item_close": _Builder.close,
    "blockquote_close": _Builder.close,
    **dict.fromkeys(_LEAVES, _Builder.take_leaf),
    "inline": _Builder.take_inline,
    "heading_open": _Builder.take_heading,
    "paragraph_open": _Builder.take_paragraph,
    "table_open": _Builder.take_table,
    "tr_open": _Builder.take_row,
}


def split_cells(line: str) -> tuple[str, ...]:
    """The cells of a table row; a pipe inside a code span or behind a backslash is text."""
    cells, cell, code = [], "", False
    body = line.strip().lstrip(">").strip()
    last = body.rfind("`")
    for at, char in enumerate(body):
        if char == "`":
            code = not code and at < last
        if char == "|" and not code and not (at and body[at - 1] == "\\"):
            cells.append(_unescape(cell))
            cell = ""
        else:
            cell += char
    cells.append(_unescape(cell))
    return tuple(cells[bool(body.startswith("|")) : len(cells) - (body.endswith("|") and cells[-1] == "")])


def _unescape(cell: str) -> str:
    """A cell without the backslashes that its table needs; in a command with bare pipes they are the command's own."""
    if "\\|" not in cell:
        return cell.strip()
    parts = cell.split("`")
    shown = [part if at % 2 and _BARE_PIPE.search(part) else part.replace("\\|", "|") for at, part in enumerate(parts)]
    return "`".join(shown).strip()
