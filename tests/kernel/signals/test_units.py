from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.kernel.signals.units import (
    Quantity,
    UnitMismatch,
    UnknownUnit,
    are_alike,
    convert,
    find_unit,
    format_duration,
    parse_quantity,
    tell_value,
    to_base,
)


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("250us", 0.00025),
        ("200ms", 0.2),
        ("5s", 5.0),
        ("5m", 300.0),
        ("2 h", 7200.0),
        ("1d", 86400.0),
        ("3KB", 3000.0),
        ("1.5MiB", 1572864.0),
        ("2GB", 2e9),
        ("95%", 0.95),
        ("78", 78.0),
        ("-4", -4.0),
        ("100 req/s", 100.0),
        ("120 req/min", 2.0),
        ("5MB/s", 5e6),
        ("3/s", 3.0),
    ],
)
def test_quantities_reach_their_base_unit(text: str, base: float) -> None:
    quantity = parse_quantity(text)
    assert to_base(quantity.value, quantity.unit) == pytest.approx(base)


@pytest.mark.parametrize("text", ["", "ms", "5 parsecs", "1e5", "5 5", "five", "5/fortnight"])
def test_other_texts_are_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("ms", "h", True),
        ("MB", "GiB", True),
        ("%", "ratio", True),
        ("req/s", "/s", True),
        ("req/s", "jobs/s", False),
        ("MB/s", "/s", False),
        ("ms", "MB", False),
        ("%", "", False),
        ("", "", True),
    ],
)
def test_only_alike_units_compare(left: str, right: str, alike: bool) -> None:
    assert are_alike(left, right) is alike
    assert are_alike(right, left) is alike


def test_unlike_units_do_not_convert() -> None:
    with pytest.raises(UnitMismatch, match="ms cannot be compared with MB"):
        convert(1.0, "ms", "MB")


def test_an_unknown_unit_says_the_way_out() -> None:
    with pytest.raises(UnknownUnit, match="use us ms s"):
        convert(1.0, "msec", "s")


@pytest.mark.parametrize(("seconds", "text"), [(600, "10m"), (90, "90s"), (86400, "1d"), (0.5, "500ms"), (5400, "90m")])
def test_durations_are_written_with_the_largest_unit(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@given(st.floats(min_value=1e-6, max_value=1e9))
def test_durations_read_back_exactly(seconds: float) -> None:
    from gonogo.kernel.signals import parse_expression

    expression = parse_expression(f"a > 1 over {format_duration(seconds)}")
    assert expression.over_s == seconds  # type: ignore[union-attr]


def test_aliases_share_the_canonical_name() -> None:
    assert find_unit("µs") == find_unit("us")
    assert str(Quantity(100.0, "req/s")) == "100 req/s"
    assert str(Quantity(3.0, "/s")) == "3/s"


@pytest.mark.parametrize(
    ("value", "unit", "text"), [(0.123456, "", "0.1235"), (29216768, "B", "29216768B"), (97.25, "%", "97.25%")]
)
def test_values_are_told_without_exponents(value: float, unit: str, text: str) -> None:
    assert tell_value(value, unit) == text
