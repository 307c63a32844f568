"""Proof that roll-ups are exactly what the raw samples add up to, number by number, before raw samples go."""

from __future__ import annotations

from collections.abc import Sequence

from gonogo.kernel.db.database import Tx
from gonogo.observe.blocks import make_cells, read_cells, roll_day, roll_hour
from gonogo.observe.metrics import METRICS
from gonogo.observe.rollup import Cells
from gonogo.observe.store.instants import write_at
from gonogo.observe.store.sealing import find_data, find_samples
from gonogo.observe.tiers import DAY, DAY_S, HOUR, ROLLED, Tier


class Prover:
    """Remembers the last block of each tier: neighbouring hours lie in the same ones. For one round of proofs."""

    def __init__(self) -> None:
        self._blocks: dict[str, tuple[tuple[str, int], list[Cells]]] = {}

    def prove_hours(self, tx: Tx, hours: Sequence[tuple[str, int]]) -> dict[tuple[str, int], list[str]]:
        """What does not agree, as sentences, by sealed hour (host, start); hours that agree are left out."""
        found = {hour: self._prove_hour(tx, *hour) for hour in hours}
        return {hour: faults for hour, faults in found.items() if faults}

    def prove_day(self, tx: Tx, host: str, day: int) -> list[str]:
        """The same for the tier of a day, against the day's hours."""
        first = HOUR.find_slot(day)
        hours = [cells[first : first + DAY_S // HOUR.step_s] for cells in self._read(tx, host, HOUR, day)]
        return self._compare(tx, host, DAY, day, roll_day(hours))

    def _prove_hour(self, tx: Tx, host: str, start: int) -> list[str]:
        raw = find_samples(tx, host, start)
        if raw is None:
            return [f"{host} {write_at(start)}: the hour is not sealed"]
        rolled = roll_hour(raw)
        return [fault for tier in ROLLED[:-1] for fault in self._compare(tx, host, tier, start, rolled[tier.name])]

    def _compare(self, tx: Tx, host: str, tier: Tier, start: int, expected: Sequence[Cells]) -> list[str]:
        slot, length = tier.find_slot(start), len(expected[0])
        return [
            f"{host} {write_at(start)}: {metric.name} of tier {tier.name} is not what the samples add up to"
            for metric, cells, wanted in zip(METRICS, self._read(tx, host, tier, start), expected, strict=True)
            if cells[slot : slot + length] != wanted
        ]

    def _read(self, tx: Tx, host: str, tier: Tier, at: int) -> list[Cells]:
        key = (host, tier.find_start(at))
        known = self._blocks.get(tier.name)
        if known is None or known[0] != key:
            data = find_data(tx, host, tier, at)
            known = self._blocks[tier.name] = (key, make_cells() if data is None else read_cells(data))
        return known[1]
