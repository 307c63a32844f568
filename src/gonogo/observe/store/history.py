"""One metric of one host over a span, from packed blocks and from rows that are not packed yet."""

from __future__ import annotations

from collections.abc import Iterator

from gonogo.kernel.db.database import Tx
from gonogo.observe.blocks import read_cells_of
from gonogo.observe.codec import decode_column
from gonogo.observe.course import CHARTED
from gonogo.observe.history import History, thin_cells
from gonogo.observe.metrics import METRICS, NAMES
from gonogo.observe.rollup import Cell
from gonogo.observe.store.reading import find_blocks, find_recent
from gonogo.observe.tiers import RAW, Tier, choose_tier


def read_history(tx: Tx, host: str, place: int, tier: Tier, start: int, end: int, points: int) -> History:
    """At most ``points`` points of the metric at ``place`` between two instants (seconds since the epoch)."""
    cells = _list_cells(tx, host, place, tier, start, end)
    return thin_cells(host, METRICS[place], tier, start, end, points, cells)


def read_course(tx: Tx, host: str, start: int, end: int, points: int) -> dict[str, History]:
    """Every charted metric of a host between two instants, by name."""
    tier = choose_tier(start, end, points, end)
    return {name: read_history(tx, host, NAMES.index(name), tier, start, end, points) for name in CHARTED}


def _list_cells(tx: Tx, host: str, place: int, tier: Tier, start: int, end: int) -> Iterator[tuple[int, Cell]]:
    for first, data in find_blocks(tx, host, tier.name, tier.find_start(start), end):
        for slot, cell in enumerate(_read_column(tier, data, place)):
            if cell is not None:
                yield first + slot * tier.step_s, cell
    metric = METRICS[place]
    for at, value in find_recent(tx, host, metric.name, start, end):
        count = metric.quantise(value)
        if count is not None:
            yield at, Cell(1, count, count, count)


def _read_column(tier: Tier, data: bytes, place: int) -> list[Cell | None]:
    if tier is not RAW:
        return read_cells_of(data, place)
    return [None if value is None else Cell(1, value, value, value) for value in decode_column(data, place)]
