"""Alerts and where each series stands, over restarts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from gonogo.kernel.db.database import Tx
from gonogo.observe.alerts.alert import Alert
from gonogo.observe.alerts.machine import Key, Track
from gonogo.observe.models import infrastructure_alerts as alerts
from gonogo.observe.store.alerts_tables import tracks

_UPSERT_TRACK = insert(tracks)
_UPSERT_TRACK = _UPSERT_TRACK.on_conflict_do_update(
    index_elements=["rule", "series"], set_={"track": _UPSERT_TRACK.excluded.track}
)


def list_tracks(tx: Tx) -> dict[Key, Track]:
    """Every track that holds something."""
    rows = tx.execute(select(tracks)).all()
    return {Key(row.rule, row.series): msgspec.json.decode(row.track, type=Track) for row in rows}


def save_tracks(tx: Tx, changed: Mapping[Key, Track], gone: Iterable[Key]) -> None:
    """Keep these tracks, and forget those."""
    if changed:
        rows = [
            {"rule": key.rule, "series": key.series, "track": msgspec.json.encode(track).decode()}
            for key, track in changed.items()
        ]
        tx.execute(_UPSERT_TRACK, rows)
    for key in gone:
        tx.execute(delete(tracks).where(tracks.c.rule == key.rule, tracks.c.series == key.series))


def insert_alert(tx: Tx, alert: Alert) -> None:
    """Begin an alert."""
    row = msgspec.structs.asdict(alert) | {"labels": msgspec.json.encode(alert.labels).decode()}
    tx.execute(insert(alerts).values(**row))


def update_alert(tx: Tx, id: str, **changes: Any) -> None:
    """Write down what became of an alert."""
    tx.execute(update(alerts).where(alerts.c.id == id).values(**changes))


def delete_alert(tx: Tx, id: str) -> None:
    """Drop an alert that never fired: it was none."""
    tx.execute(delete(alerts).where(alerts.c.id == id))


def find_alert(tx: Tx, id: str) -> Alert | None:
    """One alert."""
    row = tx.execute(select(alerts).where(alerts.c.id == id)).first()
    return _read_alert(row) if row else None


def list_alerts(
    tx: Tx,
    *,
    states: Iterable[str] = (),
    rule: str | None = None,
    host: str | None = None,
    before: str | None = None,
    limit: int = 100,
) -> list[Alert]:
    """Alerts, newest first; ``before`` is the id of the last one seen (ids grow with time)."""
    query = select(alerts)
    wanted = tuple(states)
    if wanted:
        query = query.where(alerts.c.state.in_(wanted))
    for column, value in ((alerts.c.rule, rule), (alerts.c.host, host)):
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        query = query.where(alerts.c.id < before)
    return [_read_alert(row) for row in tx.execute(query.order_by(alerts.c.id.desc()).limit(limit)).all()]


def delete_old_alerts(tx: Tx, before: str) -> int:
    """Drop alerts that ended before an instant; gives how many."""
    return tx.execute(delete(alerts).where(alerts.c.state == "resolved", alerts.c.resolved_at < before)).rowcount


def _read_alert(row: Row[Any]) -> Alert:
    fields = dict(row._mapping)
    return Alert(**fields | {"labels": msgspec.json.decode(row.labels)})
