"""Writing what settings are: definitions, presets and environments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.settings.catalog import Preset
from gonogo.settings.definition import Definition
from gonogo.settings.models import definitions, environments, marks, overlays, presets, problems, settings
from gonogo.settings.store.reading import chunk

_PUT_CATEGORY = update(settings).where(settings.c.key == bindparam("of")).values(category=bindparam("category"))


def save_definitions(tx: Tx, source: str, declared: Sequence[Definition]) -> None:
    """Insert or replace definitions, whose values are there already; new ones come after the others."""
    if not declared:
        return
    first = tx.execute(select(func.coalesce(func.max(definitions.c.position), -1))).scalar_one() + 1
    rows = [
        {"key": one.key, "position": first + n, "source": source, "definition": msgspec.json.encode(one).decode()}
        for n, one in enumerate(declared)
    ]
    statement = upsert(definitions)
    replaced = {"source": statement.excluded.source, "definition": statement.excluded.definition}
    tx.execute(statement.on_conflict_do_update(index_elements=["key"], set_=replaced), rows)
    tx.execute(_PUT_CATEGORY, [{"of": one.key, "category": one.category} for one in declared])


def list_declared(tx: Tx, source: str) -> list[str]:
    """Keys that this source declared, in its order."""
    query = select(definitions.c.key).where(definitions.c.source == source).order_by(definitions.c.position)
    return list(tx.execute(query).scalars())


def remove_definitions(tx: Tx, keys: Iterable[str]) -> None:
    """Drop settings with their values everywhere; their history stays."""
    for part in chunk(keys):
        # The marks last: the triggers have just made one for every row that went.
        for table in (definitions, settings, overlays, problems, marks):
            tx.execute(delete(table).where(table.c.key.in_(part)))


def save_presets(tx: Tx, declared: Sequence[Preset], by: str) -> list[str]:
    """Insert or replace presets; gives the names of those that are not as they were."""
    known = {row.name: row.preset for row in tx.execute(select(presets.c.name, presets.c.preset))}
    now = format_instant(tx.clock.now())
    rows = [
        {"name": one.name, "preset": msgspec.json.encode(one).decode(), "updated_at": now, "updated_by": by}
        for one in declared
    ]
    changed = [row for row in rows if known.get(row["name"]) != row["preset"]]
    if changed:
        statement = upsert(presets)
        replaced = {name: statement.excluded[name] for name in ("preset", "updated_at", "updated_by")}
        tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_=replaced), changed)
    return [row["name"] for row in changed]


def save_environment(tx: Tx, name: str, parent: str) -> None:
    """Insert an environment, or give it another parent."""
    statement = upsert(environments).values(name=name, parent=parent)
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"parent": parent}))


def remove_environment(tx: Tx, name: str) -> None:
    """Drop an environment with its values; their history stays."""
    tx.execute(delete(overlays).where(overlays.c.environment == name))
    tx.execute(delete(problems).where(problems.c.environment == name))
    tx.execute(delete(marks).where(marks.c.environment == name))
    tx.execute(delete(environments).where(environments.c.name == name))
