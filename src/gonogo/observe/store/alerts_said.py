"""What people said about alerts: rules of their own, and silences."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.sqlite import insert

from gonogo.kernel.clock import format_instant, parse_instant
from gonogo.kernel.db.database import Tx
from gonogo.observe.alerts.muting import Silence
from gonogo.observe.alerts.rule import RuleBody
from gonogo.observe.store.alerts_tables import rules, silences


def list_stored_rules(tx: Tx) -> dict[str, RuleBody]:
    """Rules that people added, by name."""
    rows = tx.execute(select(rules).order_by(rules.c.name)).all()
    return {row.name: msgspec.json.decode(row.body, type=RuleBody) for row in rows}


def save_rule(tx: Tx, name: str, body: RuleBody, by: str) -> None:
    """Keep a rule, new or changed."""
    changes = {
        "body": msgspec.json.encode(body).decode(),
        "saved_at": format_instant(tx.clock.now()),
        "saved_by": by,
    }
    tx.execute(insert(rules).values(name=name, **changes).on_conflict_do_update(index_elements=["name"], set_=changes))


def delete_rule(tx: Tx, name: str) -> bool:
    """Whether there was such a rule."""
    return tx.execute(delete(rules).where(rules.c.name == name)).rowcount == 1


def list_silences(tx: Tx, since: float) -> list[Silence]:
    """Silences that were in force at ``since`` (seconds since the epoch) or later, the next to end first."""
    query = select(silences).where(silences.c.ends_at > _write(since)).order_by(silences.c.ends_at)
    return [
        Silence(
            id=row.id,
            matchers=msgspec.json.decode(row.matchers),
            starts_at=_read(row.starts_at),
            ends_at=_read(row.ends_at),
            created_by=row.created_by,
            reason=row.reason,
        )
        for row in tx.execute(query).all()
    ]


def insert_silence(tx: Tx, silence: Silence) -> None:
    """Keep a silence."""
    tx.execute(
        insert(silences).values(
            id=silence.id,
            matchers=msgspec.json.encode(silence.matchers).decode(),
            starts_at=_write(silence.starts_at),
            ends_at=_write(silence.ends_at),
            created_by=silence.created_by,
            reason=silence.reason,
        )
    )


def end_silence(tx: Tx, id: str, at: float) -> None:
    """Let a silence end now."""
    tx.execute(update(silences).where(silences.c.id == id).values(ends_at=_write(at)))


def _write(at: float) -> str:
    return format_instant(datetime.fromtimestamp(at, UTC))


def _read(text: str) -> float:
    return parse_instant(text).timestamp()
