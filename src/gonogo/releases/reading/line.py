"""One line of words on its way to becoming an item."""

from __future__ import annotations

from typing import Literal, NamedTuple

from gonogo.releases.reading.inline import Label, clean_text, drop_comments, split_label

Weight = Literal["box", "number", "bullet", "tick", "line"]


class Line(NamedTuple):
    """Words with their source lines. ``raw`` keeps the Markdown marks, ``text`` is what a person reads.

    ``works``: what stands inside does the work. ``span_end``: the last line of everything inside.
    """

    raw: str
    text: str
    label: Label | None
    line: int
    end_line: int
    weight: Weight
    ticked: bool = False
    works: bool = False
    span_end: int = 0


def make_line(
    raw: str,
    line: int,
    end_line: int,
    weight: Weight,
    *,
    ticked: bool = False,
    works: bool = False,
    span_end: int = 0,
) -> Line:
    """A line from its Markdown."""
    bare = drop_comments(raw).strip()
    return Line(bare, clean_text(bare), split_label(bare), line, end_line, weight, ticked, works, span_end)
