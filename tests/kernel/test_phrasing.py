"""What is said of values that break a pattern."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest

from gonogo.kernel.phrasing import in_words, phrase_fault


class Berth(msgspec.Struct):
    """A place in a harbour."""

    name: Annotated[str, msgspec.Meta(pattern=in_words(r"^[a-z]+\S'\"$", "small letters"))]


def test_a_pattern_is_told_in_the_words_of_its_maker() -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert({"name": "7"}, Berth)
    assert phrase_fault(str(refused.value)) == "Expected small letters - at `$.name`"


@pytest.mark.parametrize("message", ["Expected `int` >= 1", "Expected `str` matching regex '^nobody said$'"])
def test_anything_else_stays(message: str) -> None:
    assert phrase_fault(message) == message


def test_an_instant_has_an_example() -> None:
    assert "2026-03-02T12:00:00Z" in phrase_fault("Invalid RFC3339 encoded datetime")
