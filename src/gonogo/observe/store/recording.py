"""Writing what hosts report: samples, processes, and what each host is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert

from gonogo.kernel.db.database import Tx
from gonogo.observe.metrics import NAMES
from gonogo.observe.models import hosts, process_metrics, system_metrics
from gonogo.observe.schemas import Details, Platform, Process, Sample, Snapshot
from gonogo.observe.store.instants import write_at

_INSERT_SAMPLE = insert(system_metrics).on_conflict_do_nothing()
_INSERT_PROCESS = insert(process_metrics).on_conflict_do_nothing()


def insert_samples(tx: Tx, host: str, samples: Sequence[Sample]) -> int:
    """Keep samples; gives how many were new. The first one of a host's five seconds stays."""
    if not samples:
        return 0
    rows = [
        {"host": host, "timestamp": write_at(sample.at), **dict(zip(NAMES, sample.values, strict=True))}
        for sample in samples
    ]
    return tx.execute(_INSERT_SAMPLE, rows).rowcount


def insert_snapshots(tx: Tx, host: str, snapshots: Sequence[Snapshot], most: int) -> None:
    """Keep the ``most`` first processes of each snapshot, and those of services."""
    rows = [
        {"host": host, "timestamp": write_at(snapshot.at), **_describe(process)}
        for snapshot in snapshots
        for place, process in enumerate(snapshot.processes)
        if place < most or process.service
    ]
    if rows:
        tx.execute(_INSERT_PROCESS, rows)


def upsert_host(
    tx: Tx, host: str, agent: str, seen_at: int, platform: Platform | None, details: Details | None
) -> None:
    """Keep what is known of a host; what is not given stays as it was."""
    at = write_at(seen_at)
    changes = {"last_seen": at, "agent": agent}
    if platform is not None:
        changes["platform"] = msgspec.json.encode(platform).decode()
    if details is not None:
        changes["details"] = msgspec.json.encode(details).decode()
    row = {"host": host, "first_seen": at, "platform": "{}", "details": "", **changes}
    tx.execute(insert(hosts).values(**row).on_conflict_do_update(index_elements=["host"], set_=changes))


def delete_host(tx: Tx, host: str) -> None:
    """Take a host off the list."""
    tx.execute(delete(hosts).where(hosts.c.host == host))


def _describe(process: Process) -> dict[str, object]:
    row: dict[str, object] = msgspec.structs.asdict(process)
    return {
        name: 0.0 if isinstance(value, float) and not math.isfinite(value) else value for name, value in row.items()
    }
