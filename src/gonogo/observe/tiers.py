"""The five resolutions that history is kept in, and which of them answers a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

TierName = Literal["raw", "1m", "15m", "1h", "1d"]

SLOTS = 720
"""Slots of a block, in every tier."""
DAY_S = 86_400


class Tier(msgspec.Struct, frozen=True):
    """One resolution: ``step_s`` seconds a slot, kept for ``days`` unless the operator says otherwise."""

    name: TierName
    step_s: int
    days: int

    @property
    def span_s(self) -> int:
        """Seconds that one block covers."""
        return self.step_s * SLOTS

    def find_start(self, at: int) -> int:
        """The start of the block that holds this instant (seconds since the epoch)."""
        return at - at % self.span_s

    def find_slot(self, at: int) -> int:
        """The slot of its block that holds this instant."""
        return at % self.span_s // self.step_s


RAW = Tier("raw", 5, 30)
MINUTE = Tier("1m", 60, 90)
QUARTER = Tier("15m", 900, 400)
HOUR = Tier("1h", 3600, 1100)
DAY = Tier("1d", DAY_S, 3650)
TIERS = (RAW, MINUTE, QUARTER, HOUR, DAY)
ROLLED = TIERS[1:]


def choose_tier(start: int, end: int, points: int, now: int, kept: Mapping[TierName, int] | None = None) -> Tier:
    """The coarsest tier that still gives a sample a point, or coarser where the finer ones do not reach back so far.

    ``kept`` says for how many days each tier is kept, where that is not what it is by itself.
    """
    kept = kept or {}
    wanted = (end - start) / max(points, 1)
    fitting = [tier for tier in TIERS if tier.step_s <= wanted] or [RAW]
    for tier in TIERS[TIERS.index(fitting[-1]) :]:
        if now - start <= kept.get(tier.name, tier.days) * DAY_S:
            return tier
    return DAY
