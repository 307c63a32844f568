"""What is said of values that break a pattern."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest

from gonogo.kernel.phrasing import in_words, phrase_error, phrase_fault


class Berth(msgspec.Struct, forbid_unknown_fields=True):
    """A place in a harbour."""

    name: Annotated[str, msgspec.Meta(pattern=in_words(r"^[a-z]+\S'\"$", "small letters"))]


def test_a_pattern_is_told_in_the_words_of_its_maker() -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert({"name": "7"}, Berth)
    assert phrase_fault(str(refused.value)) == "Expected small letters - at `$.name`"


def test_anything_else_stays() -> None:
    message = "Expected `str` matching regex '^nobody said$'"
    assert phrase_fault(message) == message


class Ship(msgspec.Struct, forbid_unknown_fields=True):
    """Everything that a validator looks at."""

    masts: Annotated[int, msgspec.Meta(ge=1, le=7)] | None = None
    draught: Annotated[float, msgspec.Meta(gt=0, lt=30)] = 1.0
    step: Annotated[int, msgspec.Meta(multiple_of=5)] = 5
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=3)] = "a"
    crew: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] = ("a",)
    pair: tuple[int, int] = (1, 2)
    flag: bool = False
    speed: int | float = 1
    rig: Literal["gaff", "lateen"] = "gaff"
    berths: list[Berth] = []
    cargo: dict[str, int] = {}
    sailed: date | None = None
    papers: UUID | None = None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"masts": 0}, "Expected a whole number of at least 1 - at `$.masts`"),
        ({"masts": 8}, "Expected a whole number of at most 7 - at `$.masts`"),
        ({"masts": "x"}, "Expected a whole number, not text - at `$.masts`"),
        ({"masts": 1.5}, "Expected a whole number, not a number with a fraction - at `$.masts`"),
        ({"draught": 0}, "Expected a number greater than 0 - at `$.draught`"),
        ({"draught": 30.0}, "Expected a number less than 30 - at `$.draught`"),
        ({"step": 4}, "Expected a whole number that is a multiple of 5 - at `$.step`"),
        ({"name": ""}, "Expected text that is not empty - at `$.name`"),
        ({"name": "abcd"}, "Expected text of at most 3 characters - at `$.name`"),
        ({"crew": ()}, "Expected a list that is not empty - at `$.crew`"),
        ({"crew": "ada"}, 'Expected a list such as ["this"], not text - at `$.crew`'),
        ({"pair": [1]}, "Expected a list of exactly 2 entries, not 1 - at `$.pair`"),
        ({"flag": "maybe"}, "Expected true or false, not text - at `$.flag`"),
        ({"speed": "fast"}, "Expected a number, not text - at `$.speed`"),
        ({"cargo": []}, "Expected an object, not a list - at `$.cargo`"),
        ({"sailed": "x"}, "Expected a date such as 2026-03-02 - at `$.sailed`"),
        ({"papers": "x"}, "Expected a UUID such as 0197d2a4-6f3c-7e1b-8c55-3f0a9be0c1d2 - at `$.papers`"),
    ],
)
def test_a_rule_is_told_as_people_say_it(given: dict[str, Any], told: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(given, Ship)
    assert phrase_fault(str(refused.value)) == told


@pytest.mark.parametrize(
    ("given", "path", "told"),
    [
        ({"rig": "junk"}, "rig", "There is no choice 'junk' here; there are gaff, lateen"),
        ({"berths": [{"nam": "a"}]}, "berths[0]", "There is no field 'nam' here; there is name"),
        ({"berths": [{}]}, "berths[0]", "This needs the field 'name'"),
    ],
)
def test_what_may_stand_there_is_named(given: dict[str, Any], path: str, told: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(given, Ship)
    assert phrase_error(refused.value, Ship) == f"'{path}': {told}"


def test_a_number_that_no_computer_holds() -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(b'{"masts": 1e400}', type=Ship)
    assert phrase_fault(str(refused.value)) == "This number is too large - at `$.masts`"


def test_an_instant_has_an_example() -> None:
    assert "2026-03-02T12:00:00Z" in phrase_fault("Invalid RFC3339 encoded datetime")
