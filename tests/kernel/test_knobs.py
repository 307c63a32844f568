"""Knobs: where they start, and what they refuse."""

from __future__ import annotations

import pytest

from gonogo.kernel.config import ConfigError
from gonogo.kernel.knobs import Knob, KnobNotFound, Knobs

PATIENCE = Knob(
    name="shop.patience",
    variable="SHOP_PATIENCE",
    default=30,
    description="How long a guest waits",
    min=1,
    max=60,
    unit="s",
)


def test_a_knob_starts_at_its_default_or_where_the_environment_says() -> None:
    assert Knobs([PATIENCE])["shop.patience"] == 30
    assert Knobs([PATIENCE], {"SHOP_PATIENCE": " 12.5 "})["shop.patience"] == 12.5
    assert Knobs([PATIENCE], {"SHOP_PATIENCE": ""})["shop.patience"] == 30


@pytest.mark.parametrize("text", ["soon", "0.5", "61", "nan", "inf"])
def test_an_environment_that_makes_no_sense_is_told_with_the_way_out(text: str) -> None:
    with pytest.raises(ConfigError, match=r"SHOP_PATIENCE.*from 1 to 60 \(s\).*unset it for 30"):
        Knobs([PATIENCE], {"SHOP_PATIENCE": text})


def test_turning_moves_it_and_leaves_its_start() -> None:
    knobs = Knobs([PATIENCE], {"SHOP_PATIENCE": "12"})
    knobs.turn("shop.patience", 40)
    assert (knobs["shop.patience"], knobs.get_start("shop.patience")) == (40.0, 12.0)


def test_a_knob_that_nobody_declared_is_none() -> None:
    knobs = Knobs([PATIENCE])
    assert "shop.hurry" not in knobs
    assert knobs.find("shop.hurry") is None
    with pytest.raises(KnobNotFound, match=r"shop\.hurry"):
        knobs["shop.hurry"]
    with pytest.raises(KnobNotFound, match=r"shop\.hurry"):
        knobs.turn("shop.hurry", 1)
