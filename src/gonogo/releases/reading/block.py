"""A block of a document: a heading, a paragraph, a step, a fence, a row, with what stands inside it."""

from __future__ import annotations

from typing import Literal

import msgspec

BlockKind = Literal["heading", "paragraph", "step", "fence", "row", "html", "quote", "rule", "meta", "summary", "close"]


class Block(msgspec.Struct, eq=False):
    """One piece of the document. ``line`` and ``end_line`` count from 1, both ends included.

    ``number`` is an ordered step's number; ``depth`` a heading's; ``lang`` a fence's language; ``cells`` and
    ``columns`` a row's. A step's ``text`` is its first paragraph; the rest are its ``children``.
    """

    kind: BlockKind
    line: int
    end_line: int
    text: str = ""
    children: list[Block] = msgspec.field(default_factory=list)
    number: int | None = None
    depth: int = 0
    lang: str = ""
    text_line: int = 0
    text_end: int = 0
    cells: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
