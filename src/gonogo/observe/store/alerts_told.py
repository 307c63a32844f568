"""The ledger of what was told or kept back, and the letters on their way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import delete, func, insert, or_, select, update

from gonogo.kernel.db.database import Tx
from gonogo.observe.alerts.telling import LedgerLine, Letter
from gonogo.observe.store.alerts_tables import ledger, outbox


def append_lines(tx: Tx, lines: Sequence[LedgerLine]) -> None:
    """Add lines to the ledger; their places are given by it."""
    if lines:
        rows = [
            {name: value for name, value in msgspec.structs.asdict(line).items() if name != "seq"} for line in lines
        ]
        tx.execute(insert(ledger), rows)


def list_lines(
    tx: Tx,
    *,
    alert: str | None = None,
    rule: str | None = None,
    outcome: str | None = None,
    since: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[LedgerLine]:
    """Lines, newest first. Those of an alert include the deliveries of notifications that carried it."""
    query = select(ledger)
    if alert is not None:
        carried = select(ledger.c.notification).where(ledger.c.alert == alert, ledger.c.notification != "")
        deliveries = (ledger.c.alert == "") & ledger.c.notification.in_(carried)
        query = query.where(or_(ledger.c.alert == alert, deliveries))
    for column, value in ((ledger.c.rule, rule), (ledger.c.outcome, outcome)):
        if value is not None:
            query = query.where(column == value)
    if since is not None:
        query = query.where(ledger.c.at >= since)
    if before is not None:
        query = query.where(ledger.c.seq < before)
    rows = tx.execute(query.order_by(ledger.c.seq.desc()).limit(limit)).mappings()
    return [LedgerLine(**row) for row in rows]


def insert_letters(tx: Tx, letters: Iterable[Letter]) -> None:
    """Put letters into the outbox."""
    rows = [msgspec.structs.asdict(letter) for letter in letters]
    if rows:
        tx.execute(insert(outbox), rows)


def list_heads(tx: Tx) -> list[Letter]:
    """The oldest waiting letter of each channel and target: those behind it wait, so that none overtakes another."""
    first = select(func.min(outbox.c.id)).where(outbox.c.state == "waiting")
    heads = first.group_by(outbox.c.channel, outbox.c.target)
    rows = tx.execute(select(outbox).where(outbox.c.id.in_(heads)).order_by(outbox.c.id)).mappings()
    return [Letter(**row) for row in rows]


def update_letter(tx: Tx, letter: Letter) -> None:
    """Write down how a delivery went."""
    changes = {name: getattr(letter, name) for name in ("due_at", "attempts", "state", "error")}
    tx.execute(update(outbox).where(outbox.c.id == letter.id).values(**changes))


def count_waiting(tx: Tx) -> dict[str, tuple[int, str]]:
    """How many letters wait for each channel, and the last error among them."""
    counted = (func.count().label("letters"), func.max(outbox.c.error).label("error"))
    query = select(outbox.c.channel, *counted).where(outbox.c.state == "waiting").group_by(outbox.c.channel)
    return {row["channel"]: (row["letters"], row["error"]) for row in tx.execute(query).mappings()}


def delete_old_tellings(tx: Tx, before: str) -> None:
    """Drop lines and settled letters from before an instant."""
    tx.execute(delete(ledger).where(ledger.c.at < before))
    tx.execute(delete(outbox).where(outbox.c.state != "waiting", outbox.c.created_at < before))
