"""Packing loses nothing: whatever goes in comes out, gaps included."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonogo.observe.blocks import make_cells, read_cells, read_cells_of, write_cells
from gonogo.observe.codec import BadBlock, decode_block, decode_column, encode_block, find_slots
from gonogo.observe.metrics import METRICS, Metric
from gonogo.observe.rollup import Cell, merge_cells, roll_column, roll_values

NUMBERS = st.one_of(st.none(), st.integers(-(1 << 61), 1 << 61), st.integers(-3, 3))


@st.composite
def draw_columns(draw: st.DrawFn) -> list[list[int | None]]:
    length = draw(st.integers(1, 40))
    column = st.lists(NUMBERS, min_size=length, max_size=length)
    return draw(st.lists(column, min_size=1, max_size=4))


@given(draw_columns())
@settings(max_examples=80, deadline=None)
def test_what_goes_in_comes_out(columns: list[list[int | None]]) -> None:
    block = encode_block(columns)
    assert decode_block(block) == columns
    assert [decode_column(block, place) for place in range(len(columns))] == columns
    for place, column in enumerate(columns):
        assert list(find_slots(block, place)) == [slot for slot, value in enumerate(column) if value is not None]


@given(st.binary(max_size=60))
@settings(max_examples=80, deadline=None)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(BadBlock):
        decode_block(b"\x07" + data)


def test_a_block_cut_short_is_refused() -> None:
    block = encode_block([[1, 2, 3], [4, 5, 6]])
    for end in range(len(block)):
        with pytest.raises(BadBlock):
            decode_block(block[:end])


@given(st.sampled_from(METRICS), st.floats(allow_nan=True, allow_infinity=True))
def test_a_value_keeps_its_declared_precision(metric: Metric, value: float) -> None:
    count = metric.quantise(value)
    if count is not None:
        assert abs(metric.restore(count) - value) <= metric.quantum / 2 + 1e-6 + abs(value) * 1e-12
    else:
        assert not abs(value) < 1e12


@given(st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), min_size=24, max_size=24))
def test_roll_ups_of_roll_ups_are_those_of_the_samples(values: list[int | None]) -> None:
    assert merge_cells(roll_column(values, 4)) == roll_values(values)


def test_a_roll_up_of_gaps_is_a_gap() -> None:
    assert roll_column([None, None, 3, None], 2) == [None, Cell(1, 3, 3, 3)]


def test_cells_survive_packing() -> None:
    columns = make_cells()
    columns[3][5] = Cell(12, -40, -9, 77)
    columns[23][719] = Cell(1, 5, 5, 5)
    data = write_cells(columns)
    assert read_cells(data) == columns
    assert read_cells_of(data, 3) == columns[3]
