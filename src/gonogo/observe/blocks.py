"""Blocks as they are worked with: columns of samples, or columns of cells, and their bytes."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.observe.codec import Column, decode_block, decode_column, encode_block
from gonogo.observe.metrics import METRICS
from gonogo.observe.rollup import Cell, Cells, merge_cells, merge_column, roll_column
from gonogo.observe.tiers import HOUR, MINUTE, QUARTER, RAW, SLOTS

PARTS = len(Cell._fields)


def make_samples() -> list[Column]:
    """An hour of gaps for every metric."""
    return [[None] * SLOTS for _ in METRICS]


def make_cells() -> list[Cells]:
    """A rolled block of gaps for every metric."""
    return [[None] * SLOTS for _ in METRICS]


def read_samples(data: bytes) -> list[Column]:
    """The columns of a raw block."""
    return decode_block(data)


def write_samples(columns: Sequence[Column]) -> bytes:
    """A raw block's bytes."""
    return encode_block(columns)


def read_cells(data: bytes) -> list[Cells]:
    """The columns of a rolled block: one for each metric, of four streams each."""
    streams = decode_block(data)
    return [_join_cells(streams[place : place + PARTS]) for place in range(0, len(streams), PARTS)]


def read_cells_of(data: bytes, metric: int) -> Cells:
    """One metric's column of a rolled block; the others stay packed."""
    return _join_cells([decode_column(data, metric * PARTS + part) for part in range(PARTS)])


def write_cells(columns: Sequence[Cells]) -> bytes:
    """A rolled block's bytes."""
    streams: list[Column] = []
    for cells in columns:
        streams += ([None if cell is None else cell[part] for cell in cells] for part in range(PARTS))
    return encode_block(streams)


def roll_hour(samples: Sequence[Column]) -> dict[str, list[Cells]]:
    """What an hour of samples puts into the tiers of a minute, a quarter of an hour and an hour."""
    minutes = [roll_column(column, MINUTE.step_s // RAW.step_s) for column in samples]
    quarters = [merge_column(cells, QUARTER.step_s // MINUTE.step_s) for cells in minutes]
    hours = [merge_column(cells, HOUR.step_s // QUARTER.step_s) for cells in quarters]
    return {MINUTE.name: minutes, QUARTER.name: quarters, HOUR.name: hours}


def roll_day(hours: Sequence[Cells]) -> list[Cells]:
    """What a day's cells of an hour put into the tier of a day."""
    return [[merge_cells(cells)] for cells in hours]


def _join_cells(streams: Sequence[Column]) -> Cells:
    counts, totals, lows, highs = streams
    cells: Cells = []
    for count, total, low, high in zip(counts, totals, lows, highs, strict=True):
        if count is None or total is None or low is None or high is None:
            cells.append(None)
        else:
            cells.append(Cell(count, total, low, high))
    return cells
