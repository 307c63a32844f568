"""Values as people type them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.settings.text import parse_text, write_long, write_text


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("bool", "on", True),
        ("bool", " False ", False),
        ("bool", "perhaps", "perhaps"),
        ("int", "12", 12),
        ("int", "12 apples", "12 apples"),
        ("float", "0.5", 0.5),
        ("string", " as it is ", " as it is "),
        ("string", "12", "12"),
        ("color", " #fff ", "#fff"),
        ("duration", "30s", "30s"),
        ("json", '{"a": [1]}', {"a": [1]}),
        ("json", "{", "{"),
    ],
)
def test_text_means_what_its_setting_says(kind: str, text: str, value: Any) -> None:
    assert parse_text(kind, text) == value
    assert type(parse_text(kind, text)) is type(value)


def test_a_choice_keeps_its_own_type() -> None:
    assert parse_text("enum", "90", (72, 90)) == 90
    assert parse_text("enum", "dark", ("dark", "light")) == "dark"
    assert parse_text("enum", "dim", ("dark", "light")) == "dim"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_json_that_is_written_reads_back(value: Any) -> None:
    assert parse_text("json", write_text("json", value)) == value
    assert parse_text("json", write_long("json", value)) == value


@given(st.text())
def test_any_text_reads_back_as_itself(text: str) -> None:
    assert parse_text("string", write_text("string", text)) == text
