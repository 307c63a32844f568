"""Writing settings: history, values and the event of one change, all within the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import delete

from gonogo.kernel.auth.actor import Actor
from gonogo.kernel.clock import format_instant
from gonogo.kernel.db.database import Tx
from gonogo.settings.changes import Change, Commit, Wanted
from gonogo.settings.codec import Codec
from gonogo.settings.errors import VersionConflict
from gonogo.settings.models import DEFAULT, marks, overlays, problems, settings
from gonogo.settings.store.reading import NEWEST, chunk, get_version

LISTED = 100
"""Most changes that one event lists; the history has them all."""
_READ = f"""
    SELECT own.value, own.version, own.updated_by, problem.good, problem.found IS NOT NULL, ({NEWEST})
    FROM %s AS own
    LEFT JOIN settings_problems AS problem ON problem.environment = :environment AND problem.key = own.key
    WHERE own.key = :key"""
_READ_SETTING = _READ % "settings"
_READ_OVERLAY = _READ % "settings_overlays" + " AND own.environment = :environment"
_PUT_HISTORY = """
    INSERT INTO settings_history
        (version, environment, key, before, after, setting_version, action, at, actor, actor_name, why)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_SET = """value = excluded.value, version = excluded.version,
    updated_at = excluded.updated_at, updated_by = excluded.updated_by"""
_PUT_SETTING = f"""
    INSERT INTO settings (key, value, version, updated_at, updated_by) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET {_SET}"""
_PUT_OVERLAY = f"""
    INSERT INTO settings_overlays (key, value, version, updated_at, updated_by, environment) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (environment, key) DO UPDATE SET {_SET}"""


class Current(msgspec.Struct, frozen=True):
    """A row as it is in the database; ``good`` is the text in use when the row's own was refused."""

    text: str
    version: int
    updated_by: str
    good: str | None
    refused: bool
    store_version: int

    @property
    def effective(self) -> str | None:
        return self.good if self.refused else self.text


def record_changes(tx: Tx, codec: Codec, wanted: Wanted, actor: Actor) -> Commit | None:
    """Write what differs, as one version with one event; None when nothing does. Raises ``VersionConflict``."""
    current = read_current(tx, wanted.environment, wanted.texts)
    for key, version in wanted.expected.items():
        _check_version(key, version, current.get(key))
    changes = tuple(_find_changes(codec, wanted.texts, current))
    if not changes:
        return None
    refused = [change.key for change in changes if change.key in current and current[change.key].refused]
    forget_problems(tx, wanted.environment, refused)  # before the values: what is written to a refused row is marked
    known = next((row.store_version for row in current.values()), None)
    commit = write_commit(tx, wanted, changes, actor, known)
    subject, data = describe_commit(codec, wanted, commit)
    tx.emit(wanted.event, subject, data, actor)
    return commit


def write_commit(
    tx: Tx, wanted: Wanted, changes: tuple[Change, ...], actor: Actor, store_version: int | None = None
) -> Commit:
    """History first, then the values: the triggers tell our writes from others' by that order.

    ``store_version`` is the newest in this transaction, for who has read it already.
    """
    version = (get_version(tx) if store_version is None else store_version) + 1
    at = format_instant(tx.clock.now())
    told = (wanted.action, at, actor.id, actor.name, wanted.why)
    rows = [(version, wanted.environment, c.key, c.before, c.after, c.setting_version, *told) for c in changes]
    tx.run_many(_PUT_HISTORY, rows)
    _write_values(tx, wanted.environment, changes, at, actor.name)
    return Commit(
        version=version,
        environment=wanted.environment,
        changes=changes,
        action=wanted.action,
        at=at,
        by=actor.name,
    )


def describe_commit(codec: Codec, wanted: Wanted, commit: Commit) -> tuple[str, dict[str, Any]]:
    """Subject and data of the event that tells of a commit; secrets are masked."""
    told = [
        {"key": c.key, "before": codec.tell(c.key, c.before), "after": codec.tell(c.key, c.after)}
        for c in commit.changes[:LISTED]
    ]
    data: dict[str, Any] = {"version": commit.version, "environment": commit.environment, "count": len(commit.changes)}
    data |= {"changes": told} | ({"why": wanted.why} if wanted.why else {})
    return wanted.subject or (commit.changes[0].key if len(commit.changes) == 1 else "settings"), data


def read_current(tx: Tx, environment: str, keys: Iterable[str]) -> dict[str, Current]:
    """The rows of these keys in one environment."""
    query = _READ_SETTING if environment == DEFAULT else _READ_OVERLAY
    found = {}
    for key in keys:
        row = tx.run(query, {"key": key, "environment": environment}).fetchone()
        if row is not None:
            found[key] = Current(*row)
    return found


def forget_problems(tx: Tx, environment: str, keys: list[str]) -> None:
    """Drop what was said about refused values of these settings."""
    for part in chunk(keys):
        tx.execute(delete(problems).where(problems.c.environment == environment, problems.c.key.in_(part)))


def _find_changes(codec: Codec, texts: Mapping[str, str | None], current: Mapping[str, Current]) -> Iterable[Change]:
    for key, after in texts.items():
        row = current.get(key)
        before = row.effective if row is not None else None
        if not codec.is_same(key, before, after) or (row is not None and row.refused):
            yield Change(key, before, after, (row.version if row is not None else 0) + 1)


def _check_version(key: str, version: int, row: Current | None) -> None:
    current = row.version if row is not None else 0
    if current == version:
        return
    by = f" by {row.updated_by}" if row is not None and row.updated_by else ""
    course = f", changed{by} since version {version}" if version < current else f" and was never at version {version}"
    raise VersionConflict(
        f"'{key}' is at version {current}{course}. Read it again, then decide.",
        field="version",
        key=key,
        current_version=current,
    )


def _write_values(tx: Tx, environment: str, changes: tuple[Change, ...], at: str, by: str) -> None:
    kept = [(c.key, c.after, c.setting_version, at, by) for c in changes if c.after is not None]
    gone = [change.key for change in changes if change.after is None]
    if environment == DEFAULT:
        tx.run_many(_PUT_SETTING, kept)
        for part in chunk(gone):
            tx.execute(delete(settings).where(settings.c.key.in_(part)))
    else:
        tx.run_many(_PUT_OVERLAY, [(*row, environment) for row in kept])
        for part in chunk(gone):
            tx.execute(delete(overlays).where(overlays.c.environment == environment, overlays.c.key.in_(part)))
    for part in chunk(gone):
        tx.execute(delete(marks).where(marks.c.environment == environment, marks.c.key.in_(part)))
