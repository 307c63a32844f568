"""Roll-ups without loss: count, sum, smallest and largest of whole numbers, never an average of averages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Cell(NamedTuple):
    """How many ``samples`` there were in one slot, with their sum, smallest and largest in quanta."""

    samples: int
    total: int
    low: int
    high: int


Cells = list[Cell | None]


def roll_values(values: Iterable[int | None]) -> Cell | None:
    """The cell of some samples; None when all are gaps."""
    present = [value for value in values if value is not None]
    return Cell(len(present), sum(present), min(present), max(present)) if present else None


def merge_cells(cells: Iterable[Cell | None]) -> Cell | None:
    """The cell of all samples behind some cells; None when there were none."""
    present = [cell for cell in cells if cell is not None]
    if not present:
        return None
    counts, totals, lows, highs = zip(*present, strict=True)
    return Cell(sum(counts), sum(totals), min(lows), max(highs))


def roll_column(values: Sequence[int | None], factor: int) -> Cells:
    """One cell for every ``factor`` samples."""
    return [roll_values(values[place : place + factor]) for place in range(0, len(values), factor)]


def merge_column(cells: Sequence[Cell | None], factor: int) -> Cells:
    """One cell for every ``factor`` cells."""
    return [merge_cells(cells[place : place + factor]) for place in range(0, len(cells), factor)]
