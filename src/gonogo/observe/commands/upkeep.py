"""Keeping the store in order: packing, adding up, proving, dropping. By the clock, and by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal

import msgspec

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.auth.authorise import authorise
from gonogo.kernel.db.database import Tx
from gonogo.kernel.kernel import Kernel
from gonogo.observe.desk import Desk
from gonogo.observe.knobs import read_days, read_row_days
from gonogo.observe.store import aggregating, sealing, upkeep
from gonogo.observe.store.proving import Prover
from gonogo.observe.tiers import DAY_S, HOUR, RAW, TIERS, Tier

GRACE_S = 120
"""How long after an hour's end its last samples may come before it is packed."""
ROUND = 50
"""Hours of hosts that are packed or proven before anything else gets its turn."""


class Cleaned(msgspec.Struct, frozen=True, kw_only=True):
    """What a cleaning took away, or would: blocks by tier, rows by what they are, and hours it would not let go."""

    dry_run: bool
    blocks: dict[str, int]
    rows: dict[str, int]
    kept_back: tuple[str, ...] = ()
    bytes_before: int | None = None
    bytes_after: int | None = None


class Verified(msgspec.Struct, frozen=True):
    """How many hours were held against their roll-ups, and what did not agree."""

    hours: int
    faults: tuple[str, ...]


async def seal_hours(kernel: Kernel, limit: int = ROUND) -> int:
    """Pack hours that are over, oldest first; gives how many."""
    before = int(kernel.clock.now().timestamp()) - GRACE_S
    done = 0
    for host, start in await kernel.db.read(partial(sealing.list_open_hours, before=before, limit=limit)):
        sealed = await kernel.db.read(partial(sealing.prepare_hour, host=host, start=start))
        if await kernel.db.write(partial(_store, sealed=sealed)):
            done += 1
            kernel.get_part(Desk).note_packed(sum(len(block.data) for block in sealed.blocks if block.tier == RAW.name))
        await asyncio.sleep(0)
    return done


async def aggregate(kernel: Kernel, actor: Actor, hours: int, period: Literal["hourly", "daily"] = "hourly") -> int:
    """Add up the last ``hours`` for readers with SQL; gives how many rows were written. Raises ``Forbidden``."""
    authorise(actor, "operator")
    now = int(kernel.clock.now().timestamp())
    start = now - hours * HOUR.step_s
    rows = await kernel.db.write(partial(aggregating.add_hours, start=start, end=now))
    if period == "daily":
        rows = await kernel.db.write(partial(aggregating.add_days, start=start, end=now))
    await _mark(kernel, f"aggregate {period}", f"{rows} rows")
    return rows


async def clean(
    kernel: Kernel, actor: Actor, *, days: int | None = None, dry_run: bool = False, vacuum: bool = False
) -> Cleaned:
    """Drop raw history and rows older than ``days`` (or than their knobs say), and each roll-up after its own time.

    A raw hour goes only when its roll-ups say exactly the same. Raises ``Forbidden``.
    """
    authorise(actor, "admin" if not dry_run else "operator")
    now = int(kernel.clock.now().timestamp())
    kept = read_days(kernel.knobs, days)
    old = {tier: await _list_old(kernel, tier, now - kept[tier.name] * DAY_S) for tier in TIERS}
    faults = await _prove(kernel, Prover(), old[RAW])
    old[RAW] = [hour for hour in old[RAW] if hour not in faults]
    before = {name: now - (days or own) * DAY_S for name, own in read_row_days(kernel.knobs).items()}
    if dry_run:
        rows = await kernel.db.read(partial(_count_rows, before=before))
        sizes = None
    else:
        rows = await kernel.db.write(partial(_drop, old=old, before=before, actor=actor))
        sizes = await asyncio.to_thread(upkeep.vacuum_file, kernel.config.database_path) if vacuum else None
        await _mark(kernel, "cleanup", f"{sum(len(gone) for gone in old.values())} blocks, {sum(rows.values())} rows")
    return Cleaned(
        dry_run=dry_run,
        blocks={tier.name: len(gone) for tier, gone in old.items()},
        rows=rows,
        kept_back=tuple(fault for told in faults.values() for fault in told),
        bytes_before=sizes[0] if sizes else None,
        bytes_after=sizes[1] if sizes else None,
    )


async def verify(kernel: Kernel, actor: Actor, *, hours: int | None = None) -> Verified:
    """Hold every sealed hour (or those of the last ``hours``) and every day against their roll-ups."""
    authorise(actor, "operator")
    now = int(kernel.clock.now().timestamp())
    after = 0 if hours is None else now - hours * HOUR.step_s
    sealed = await kernel.db.read(partial(sealing.list_sealed, before=now, after=after))
    prover = Prover()
    faults = [fault for told in (await _prove(kernel, prover, sealed)).values() for fault in told]
    for host, day in sorted({(host, start - start % DAY_S) for host, start in sealed}):
        faults += await kernel.db.read(partial(prover.prove_day, host=host, day=day))
    return Verified(len(sealed), tuple(faults))


async def _prove(kernel: Kernel, prover: Prover, hours: Sequence[tuple[str, int]]) -> dict[tuple[str, int], list[str]]:
    faults: dict[tuple[str, int], list[str]] = {}
    ordered = sorted(hours)
    for place in range(0, len(ordered), ROUND):
        faults |= await kernel.db.read(partial(prover.prove_hours, hours=ordered[place : place + ROUND]))
    return faults


async def _list_old(kernel: Kernel, tier: Tier, before: int) -> list[tuple[str, int]]:
    return await kernel.db.read(partial(upkeep.list_old_blocks, tier=tier, before=before))


async def _mark(kernel: Kernel, name: str, outcome: str) -> None:
    await kernel.db.write(partial(upkeep.set_mark, name=name, outcome=outcome))


def _store(tx: Tx, sealed: sealing.SealedHour) -> bool:
    if not sealing.store_hour(tx, sealed):
        return False
    if sealed.blocks:
        aggregating.write_hour(tx, sealed.host, sealed.start, sealed.cells)
    return True


def _count_rows(tx: Tx, before: Mapping[str, int]) -> dict[str, int]:
    return {name: upkeep.count_old(tx, column, before[name]) for name, column in upkeep.AGEING.items()}


def _drop(
    tx: Tx, old: Mapping[Tier, Sequence[tuple[str, int]]], before: Mapping[str, int], actor: Actor
) -> dict[str, int]:
    for tier, gone in old.items():
        upkeep.delete_blocks(tx, tier, gone)
    rows = {name: upkeep.delete_old(tx, column, before[name]) for name, column in upkeep.AGEING.items()}
    aggregating.delete_old(tx, int(tx.clock.now().timestamp()))
    counts = {tier.name: len(gone) for tier, gone in old.items()}
    tx.emit("metrics.cleaned", "observe", {"blocks": counts, "rows": rows}, actor)
    return rows
