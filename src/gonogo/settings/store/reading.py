"""Reading settings: everything at start, histories, presets, and what other processes committed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice, takewhile
from sys import intern
from typing import Any

import msgspec
from sqlalchemy import Row, func, select

from gonogo.kernel.db.database import Tx
from gonogo.settings.catalog import Preset
from gonogo.settings.changes import Change, Commit, Fault
from gonogo.settings.definition import Definition
from gonogo.settings.models import DEFAULT, definitions, environments, history, presets, problems

CHUNK = 500
NEWEST = "SELECT coalesce((SELECT version FROM settings_history ORDER BY id DESC LIMIT 1), 0)"
"""The store's version, as a query: ids and versions grow together."""
_ROWS = f"""
    SELECT '{DEFAULT}', key, value, version, updated_at, updated_by FROM settings
    UNION ALL SELECT environment, key, value, version, updated_at, updated_by FROM settings_overlays"""


class StoredRow(msgspec.Struct, frozen=True, gc=False):
    """One row of ``settings`` or ``settings_overlays``, its text still undecoded."""

    environment: str
    key: str
    text: str
    version: int
    updated_at: str
    updated_by: str


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the running system keeps in memory."""

    version: int
    definitions: dict[str, Definition]
    environments: dict[str, str]
    rows: list[StoredRow]
    faults: dict[tuple[str, str], tuple[Fault, str | None]]


class HistoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One change as the history table keeps it."""

    id: int
    version: int
    environment: str
    key: str
    before: str | None
    after: str | None
    setting_version: int
    action: str
    at: str
    actor: str
    actor_name: str
    why: str


def load_all(tx: Tx) -> Stored:
    """The whole store in one consistent read."""
    return Stored(
        version=get_version(tx),
        definitions=load_definitions(tx),
        environments=load_environments(tx),
        rows=list(_load_rows(tx)),
        faults=load_faults(tx),
    )


def get_version(tx: Tx) -> int:
    """The store's version: that of the newest change, 0 before the first."""
    version: int = tx.run(NEWEST).fetchone()[0]
    return version


def load_definitions(tx: Tx) -> dict[str, Definition]:
    """Every declared setting by key, in the catalog's order."""
    query = select(definitions.c.key, definitions.c.definition).order_by(definitions.c.position, definitions.c.key)
    decoder = msgspec.json.Decoder(Definition)
    return {row.key: decoder.decode(row.definition) for row in tx.execute(query)}


def load_environments(tx: Tx) -> dict[str, str]:
    """The parent of every named environment."""
    return {row.name: row.parent for row in tx.execute(select(environments).order_by(environments.c.name))}


def load_faults(tx: Tx) -> dict[tuple[str, str], tuple[Fault, str | None]]:
    """Refused outside values by environment and key, each with the last good text."""
    return {
        (row.environment, row.key): (Fault(row.found, row.problem, row.at), row.good)
        for row in tx.execute(select(problems))
    }


def list_presets(tx: Tx) -> list[Preset]:
    """Every preset, by name."""
    query = select(presets.c.preset).order_by(presets.c.name)
    return [msgspec.json.decode(text, type=Preset) for text in tx.execute(query).scalars()]


def find_preset(tx: Tx, name: str) -> Preset | None:
    """One preset by name."""
    text = tx.execute(select(presets.c.preset).where(presets.c.name == name)).scalar()
    return msgspec.json.decode(text, type=Preset) if text is not None else None


def list_history(
    tx: Tx, *, key: str | None, environment: str, before: int | None = None, limit: int = 100
) -> list[HistoryEntry]:
    """Changes of one setting, or of all, newest first, older than the change ``before``."""
    query = select(history).where(history.c.environment == environment)
    if key is not None:
        query = query.where(history.c.key == key)
    if before is not None:
        query = query.where(history.c.id < before)
    return [make_entry(row) for row in tx.execute(query.order_by(history.c.id.desc()).limit(limit))]


def find_change(tx: Tx, id: int) -> HistoryEntry | None:
    """One change by its id."""
    row = tx.execute(select(history).where(history.c.id == id)).first()
    return make_entry(row) if row is not None else None


def list_first_after(tx: Tx, environment: str, *, at: str | None, version: int | None) -> list[HistoryEntry]:
    """For every setting changed since a moment or a version: the first of those changes."""
    later = history.c.version > version if version is not None else history.c.at > at
    firsts = select(func.min(history.c.id)).where(history.c.environment == environment, later).group_by(history.c.key)
    return [make_entry(row) for row in tx.execute(select(history).where(history.c.id.in_(firsts)))]


def list_commits(tx: Tx, *, after: int, limit: int) -> list[Commit]:
    """Commits with a version above ``after``, oldest first, of the newest ``limit`` changes."""
    with closing(tx.execute(select(history).order_by(history.c.id.desc()).limit(limit))) as rows:
        entries = [make_entry(row) for row in takewhile(lambda row: row.version > after, rows)][::-1]
    if len(entries) == limit:
        # The oldest commit may have lost its first changes to the limit.
        entries = [entry for entry in entries if entry.version != entries[0].version]
    return list(_group(entries))


def chunk(items: Iterable[Any]) -> Iterator[list[Any]]:
    """``items`` in lists short enough for one ``IN``."""
    iterator = iter(items)
    while part := list(islice(iterator, CHUNK)):
        yield part


def _group(entries: Sequence[HistoryEntry]) -> Iterator[Commit]:
    by_version: dict[int, list[HistoryEntry]] = {}
    for entry in entries:
        by_version.setdefault(entry.version, []).append(entry)
    for version, members in by_version.items():
        first = members[0]
        yield Commit(
            version=version,
            environment=first.environment,
            changes=tuple(Change(one.key, one.before, one.after, one.setting_version) for one in members),
            action=first.action,
            at=first.at,
            by=first.actor_name,
        )


def _load_rows(tx: Tx) -> Iterator[StoredRow]:
    for environment, key, text, version, at, by in tx.run(_ROWS):
        # Thousands were declared at one moment by one person: the same text once for all of them.
        yield StoredRow(intern(environment), key, intern(text), version, intern(at), intern(by))


def make_entry(row: Row[Any]) -> HistoryEntry:
    """A row of the history table."""
    return HistoryEntry(**row._mapping)
