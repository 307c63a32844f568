"""The table that never changes: it holds what a dictionary would, and others made from it leave it alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonogo.settings.buckets import Buckets

KEYS = st.text("abc.", min_size=1, max_size=3)
TABLES = st.dictionaries(KEYS, st.integers())


@given(start=TABLES, changed=TABLES, gone=st.sets(KEYS))
def test_replacing_does_what_it_does_to_a_dictionary_and_leaves_the_first_alone(
    start: dict[str, int], changed: dict[str, int], gone: set[str]
) -> None:
    first = Buckets(start)
    second = first.replace(changed, gone)
    assert dict(second) == {key: value for key, value in {**start, **changed}.items() if key not in gone}
    assert len(second) == len(dict(second))
    assert dict(first) == start


def test_a_missing_key_is_named() -> None:
    with pytest.raises(KeyError, match=r"tide\.level"):
        Buckets({"tide.name": 1})["tide.level"]
