"""Labels of one fence that name the same command for different parts: "Full", "Workers only", "Pages only"."""

from __future__ import annotations

import re

from gonogo.releases.reading.alternatives import Barrier, shorten
from gonogo.releases.reading.shell import Piece

_PARTIAL = re.compile(
    r"\b(?:only|just)\b|^\W*(?:full|complete|entire|partial|everything|all (?:services|components|parts))\b",
    re.IGNORECASE,
)


def find_rivals(pieces: list[Piece]) -> dict[int, Barrier]:
    """The doubt that each rival label raises, by the row it stands in."""
    groups = [group for group in _group(pieces) if len(group) == 2]
    families: dict[str, list[list[Piece]]] = {}
    for group in groups:
        families.setdefault(group[1].text.split(None, 1)[0], []).append(group)
    found = {}
    for family in families.values():
        labels = [label.text for label, _ in family]
        if len(family) < 2 or not any(_PARTIAL.search(label) for label in labels):
            continue
        shown = ", ".join(f'"{shorten(label, 40)}"' for label in labels[:5])
        for label, _ in family:
            found[label.line] = Barrier(f"{shown} run the same command for different parts: choose", "alternative")
    return found


def _group(pieces: list[Piece]) -> list[list[Piece]]:
    """Each label with the commands below it."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        if piece.kind == "comment":
            groups.append([piece])
        elif groups:
            groups[-1].append(piece)
    return groups
