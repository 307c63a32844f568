"""HTML inside Markdown to the blocks that it stands for: lists, tables, headings, paragraphs, preformatted text."""

from __future__ import annotations

import html
import re

from gonogo.releases.reading.block import Block

_STRUCTURE = re.compile(r"<(?:h[1-6]|ul|ol|li|table|tr|p|pre|summary)\b|</details\s*>", re.IGNORECASE)
_HEADINGS = {f"h{depth}": depth for depth in range(1, 7)}
_HELD = frozenset({*_HEADINGS, "li", "p", "pre", "td", "th", "summary"})
_MARKS = {"b": "**", "strong": "**", "code": "`"}
_LANGUAGE = re.compile(r"\b(?:lang(?:uage)?|highlight-source)-([\w+-]+)")
# A tag ends before the next "<", so that reading stays linear whatever the text is.
_TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*)(?P<attributes>[^<>]*)>|[^<]+|<")
_LONGEST = 100_000


def expand_html(block: Block) -> list[Block]:
    """The blocks of an HTML block; the block itself where it has no structure of its own."""
    if "<!--" in block.text or len(block.text) > _LONGEST or _STRUCTURE.search(block.text) is None:
        return [block]
    reader = _Reader(block)
    for token in _TOKEN.finditer(block.text):
        reader.take(token)
    return reader.finish() or [block]


class _Reader:
    def __init__(self, block: Block) -> None:
        self.block = block
        self.row = 0
        self.found: list[Block] = []
        self.text: list[str] = []
        self.tag = ""
        self.line = block.line
        self.language = ""
        self.cells: list[str] = []
        self.header = False
        self.columns: tuple[str, ...] | None = None

    @property
    def at(self) -> int:
        return min(self.block.line + self.row, self.block.end_line)

    def take(self, token: re.Match[str]) -> None:
        """Read one tag or one stretch of text."""
        tag = (token["tag"] or "").lower()
        if not tag:
            self.text.append(html.unescape(token.group()))
        elif token["end"]:
            self.close(tag)
        else:
            self.open(tag, token["attributes"].lower())
        self.row += token.group().count("\n")

    def open(self, tag: str, attributes: str) -> None:
        if tag in _HELD:
            self.hold(tag)
        elif tag == "table":
            self.columns = None
        elif tag == "tr":
            self.cells, self.header = [], False
            self.line = self.at
        elif tag == "br":
            self.text.append(" ")
        elif tag in _MARKS and self.tag != "pre":
            self.text.append(_MARKS[tag])
        if self.tag == "pre" and (named := _LANGUAGE.search(attributes)):
            self.language = named[1]

    def close(self, tag: str) -> None:
        if tag in _HELD:
            self.release()
        elif tag == "tr":
            self.add_row()
        elif tag == "details":
            self.found.append(Block("close", self.at, self.at))
        elif tag in _MARKS and self.tag != "pre":
            self.text.append(_MARKS[tag])

    def hold(self, tag: str) -> None:
        self.release()
        self.tag, self.text, self.language = tag, [], ""
        if tag not in ("td", "th"):
            self.line = self.at

    def release(self) -> None:
        """Make what was gathered the block of its tag."""
        tag, self.tag = self.tag, ""
        raw, self.text = "".join(self.text), []
        text = raw.strip("\n") if tag == "pre" else " ".join(raw.split())
        if tag in ("td", "th"):
            self.cells.append(text)
            self.header = self.header or tag == "th"
        elif text:
            self.found.append(self.make_block(tag, text))

    def make_block(self, tag: str, text: str) -> Block:
        line, end = self.line, self.at
        if tag in _HEADINGS:
            return Block("heading", line, end, text, depth=_HEADINGS[tag])
        if tag == "li":
            return Block("step", line, end, f"[ ] {text}", text_line=line, text_end=end)
        if tag == "pre":
            return Block("fence", line, end, text + "\n", lang=self.language, text_line=line)
        return Block("summary" if tag == "summary" else "paragraph", line, end, text, text_line=line, text_end=end)

    def add_row(self) -> None:
        cells = tuple(self.cells)
        if not cells:
            return
        if self.columns is None:
            self.columns = cells if self.header else tuple("" for _ in cells)
        first = self.header and self.columns == cells
        self.found.append(Block("row", self.line, self.at, cells=cells, columns=() if first else self.columns))
        self.cells = []

    def finish(self) -> list[Block]:
        """Everything found; what stood outside any tag is a paragraph."""
        self.release()
        if self.found:
            self.found[-1].end_line = max(self.found[-1].end_line, self.block.end_line)
        return self.found
