"""All SQL of the audit: entries exactly as they are stored, the log's head, and the signed checkpoints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from gonogo.kernel.audit.signing import Signed, Statement
from gonogo.kernel.db.database import Tx
from gonogo.kernel.events.chain import Head, LogEntry

_ENTRY = (
    "SELECT seq, id, name, subject, at, actor, actor_name, account, address, request_id, data, previous, hash"
    " FROM event_log WHERE seq > ? AND seq <= ? ORDER BY seq"
)
_CHECKPOINT = "SELECT seq, hash, at, pruned, signature, signed_with FROM event_checkpoints"
_SAVE = (
    "INSERT OR REPLACE INTO event_checkpoints (seq, hash, at, pruned, signature, signed_with) VALUES (?, ?, ?, ?, ?, ?)"
)
LAST = 2**62


def iterate_entries(tx: Tx, after: int = 0, until: int = LAST) -> Iterator[LogEntry]:
    """The entries after one place up to another, one by one. Read it within the transaction."""
    for row in tx.run(_ENTRY, (after, until)):
        seq, id_, name, subject, at, actor, actor_name, account, address, request_id, data, previous, digest = row
        yield LogEntry(
            seq=seq,
            id=id_,
            name=name,
            subject=subject,
            at=at,
            actor=actor,
            actor_name=actor_name,
            account=account,
            address=address,
            request_id=request_id,
            data=msgspec.Raw(str(data).encode()),
            previous=previous,
            hash=digest,
        )


def find_head(tx: Tx) -> Head:
    """Where the log says that it ends. A database without that row counts as an empty log."""
    row = tx.run("SELECT seq, hash FROM event_head").fetchone()
    return Head(*row) if row else Head()


def list_checkpoints(tx: Tx) -> list[Signed]:
    """All checkpoints, oldest first."""
    return [_read_checkpoint(row) for row in tx.run(f"{_CHECKPOINT} ORDER BY seq")]


def find_last_checkpoint(tx: Tx) -> Signed | None:
    """The newest checkpoint."""
    row = tx.run(f"{_CHECKPOINT} ORDER BY seq DESC LIMIT 1").fetchone()
    return _read_checkpoint(row) if row else None


def save_head(tx: Tx, signed: Signed) -> None:
    """Keep a checkpoint of the head; of each day the last one stays."""
    seq, day = signed.statement.seq, signed.statement.at[:10]
    tx.run("DELETE FROM event_checkpoints WHERE NOT pruned AND seq < ? AND substr(at, 1, 10) = ?", (seq, day))
    _save(tx, signed)


def prune_entries(tx: Tx, signed: Signed) -> int:
    """Remove every entry up to the statement's, which stands for them from now on; how many there were."""
    seq = signed.statement.seq
    removed = tx.run("DELETE FROM event_log WHERE seq <= ?", (seq,)).rowcount
    tx.run("DELETE FROM event_checkpoints WHERE seq <= ?", (seq,))
    _save(tx, signed)
    return removed


class Range(NamedTuple):
    """Some entries in a row: where they begin, where they end, how many they are, and the last one's hash."""

    first: int = 0
    last: int = 0
    entries: int = 0
    hash: str = ""


def find_range(tx: Tx, since: str, until: str) -> Range:
    """From the first entry since one instant to the last before another."""
    first, last = tx.run("SELECT min(seq), max(seq) FROM event_log WHERE at >= ? AND at < ?", (since, until)).fetchone()
    if first is None:
        return Range()
    entries = tx.run("SELECT count(*) FROM event_log WHERE seq BETWEEN ? AND ?", (first, last)).fetchone()[0]
    digest = tx.run("SELECT hash FROM event_log WHERE seq = ?", (last,)).fetchone()[0]
    return Range(first, last, entries, digest)


def find_last_older(tx: Tx, before: str, most: int) -> int:
    """The place of the last of the oldest entries, ``most`` at most, that were all made before this instant; or 0."""
    query = (
        "SELECT max(seq) FROM (SELECT seq FROM event_log WHERE seq < coalesce("
        "(SELECT seq FROM event_log WHERE at >= ? ORDER BY seq LIMIT 1),"
        " (SELECT max(seq) FROM event_log)) ORDER BY seq LIMIT ?)"
    )
    found = tx.run(query, (before, most)).fetchone()[0]
    return found or 0


def _save(tx: Tx, signed: Signed) -> None:
    about = signed.statement
    pruned = about.kind == "pruned"
    tx.run(_SAVE, (about.seq, about.hash, about.at, pruned, signed.signature, signed.signed_with))


def _read_checkpoint(row: tuple[int, str, str, int, str, str]) -> Signed:
    seq, digest, at, pruned, signature, signed_with = row
    statement = Statement(kind="pruned" if pruned else "head", seq=seq, hash=digest, at=at)
    return Signed(statement=statement, signature=signature, signed_with=signed_with)
